# SPDX-License-Identifier: Apache-2.0
"""Sales regions made of provinces: what lies inside is never told as out, what is far away is."""

from uuid import UUID

import pytest
from tests.factories import NOW

from trueorigin.domain.diversions import Seen, Shipment, find_diversion
from trueorigin.domain.provinces import PROVINCES
from trueorigin.domain.risk import Place, build_place
from trueorigin.domain.territories import AREAS_MAX, RADIUS_KM_MAX, RADIUS_KM_MIN, Territory

# Seats, and what lies farthest out, of every division: code of GB/T 2260, name, north, east.
INSIDE = """
11 天安门 39.91 116.40; 密云 40.80 116.95; 门头沟斋堂 39.97 115.68; 延庆 40.46 115.97
12 天津 39.13 117.20; 大港 38.56 117.20; 宁河 39.33 117.82; 蓟州下营 40.22 117.45
12 蓟州 40.05 117.41; 滨海 38.90 117.65; 静海 38.75 116.93
13 石家庄 38.04 114.51; 邯郸 36.61 114.49; 魏县 36.30 114.94; 承德围场 42.10 117.76
13 秦皇岛 39.93 119.60; 张家口康保 41.85 114.60; 沧州 38.30 116.84
14 太原 37.87 112.55; 大同 40.08 113.30; 天镇 40.42 114.09; 运城芮城 34.69 110.69
14 河曲 39.38 111.14; 晋城 35.49 112.85
15 呼和浩特 40.84 111.75; 额济纳旗 41.97 101.07; 阿拉善左旗 38.84 105.67
15 鄂尔多斯 39.61 109.78; 乌审旗 38.60 108.85; 赤峰 42.26 118.89; 通辽 43.65 122.24
15 海拉尔 49.21 119.74; 根河 50.78 121.52; 鄂伦春 50.59 123.73; 锡林浩特 43.93 116.08
15 乌兰浩特 46.08 122.07; 满洲里 49.60 117.38; 莫力达瓦 48.48 124.52; 二连浩特 43.65 111.98
15 阿拉善右旗 39.22 101.67
21 沈阳 41.80 123.43; 大连旅顺 38.81 121.26; 丹东宽甸 40.73 124.78; 葫芦岛绥中 40.33 120.34
21 朝阳建平 41.40 119.64; 昌图 42.78 124.11
22 长春 43.82 125.32; 白城 45.62 122.84; 镇赉 45.85 123.20; 珲春 42.86 130.37
22 通化集安 41.13 126.19
23 哈尔滨 45.80 126.53; 漠河 52.97 122.54; 抚远 48.36 134.30; 黑河 50.25 127.53
23 绥芬河 44.40 131.15; 牡丹江东宁 44.09 131.12; 齐齐哈尔 47.35 123.92; 饶河 46.80 134.01
31 人民广场 31.23 121.47; 崇明 31.63 121.40; 崇明绿华 31.78 121.20; 金山 30.74 121.34
31 青浦 31.15 121.12
32 南京 32.06 118.80; 徐州丰县 34.70 116.60; 连云港 34.60 119.22; 南通启东 31.81 121.66
32 苏州吴江 31.14 120.64; 盱眙 33.01 118.54
33 杭州 30.27 120.16; 温州苍南 27.52 120.43; 舟山 30.00 122.21; 嵊泗 30.73 122.45
33 衢州开化 29.14 118.41; 丽水庆元 27.62 119.06; 湖州长兴 31.03 119.91
34 合肥 31.82 117.23; 阜阳 32.89 115.81; 砀山 34.42 116.37; 黄山休宁 29.78 118.19
34 安庆宿松 30.15 116.13; 宣城广德 30.88 119.42
35 福州 26.07 119.30; 厦门 24.48 118.09; 漳州诏安 23.71 117.18; 宁德福鼎 27.32 120.22
35 龙岩武平 25.10 116.10; 浦城 27.92 118.54; 光泽 27.54 117.33
36 南昌 28.68 115.86; 赣州定南 24.78 115.03; 九江 29.71 115.99; 上饶玉山 28.68 118.25
36 萍乡 27.62 113.85; 婺源 29.25 117.86
37 济南 36.65 117.12; 威海荣成 37.17 122.49; 菏泽东明 35.29 115.09; 聊城莘县 36.23 115.67
37 临沂郯城 34.61 118.37; 德州 37.44 116.36
41 郑州 34.75 113.63; 安阳 36.10 114.39; 三门峡灵宝 34.52 110.89; 信阳新县 31.64 114.88
41 南阳淅川 33.14 111.49; 商丘永城 33.93 116.45
42 武汉 30.59 114.31; 十堰竹溪 32.32 109.72; 恩施来凤 29.49 109.41; 黄梅 30.07 115.94
42 通城 29.25 113.82; 利川 30.29 108.94
43 长沙 28.23 112.94; 永州江华 25.19 111.58; 郴州汝城 25.55 113.69; 怀化通道 26.16 109.78
43 湘西龙山 29.46 109.44; 岳阳临湘 29.48 113.45; 常德石门 29.58 111.38; 浏阳 28.16 113.64
44 广州 23.13 113.26; 深圳 22.54 114.06; 湛江徐闻 20.33 110.17; 廉江 21.61 110.28
44 潮州饶平 23.66 117.00; 南雄 25.12 114.31; 连山 24.57 112.09; 汕头南澳 23.42 117.02
45 南宁 22.82 108.37; 北海 21.48 109.12; 桂林全州 25.93 111.07; 梧州 23.48 111.28
45 百色西林 24.49 105.09; 防城港东兴 21.55 107.97; 资源 26.04 110.65
46 海口 20.04 110.32; 三亚 18.25 109.51; 文昌 19.54 110.80; 三沙永兴岛 16.83 112.33
46 昌江 19.30 109.05
50 渝中 29.56 106.57; 巫山 31.07 109.88; 城口 31.95 108.66; 秀山 28.45 109.00
50 潼南 30.19 105.84; 江津四面山 28.60 106.40; 荣昌 29.41 105.59
51 成都 30.57 104.07; 攀枝花 26.58 101.72; 石渠 32.98 98.10; 达州万源 32.08 108.04
51 宜宾 28.75 104.64; 会东 26.63 102.58; 若尔盖 33.58 102.96; 巴塘 30.00 99.11
51 广安邻水 30.33 106.93; 古蔺 28.04 105.81
52 贵阳 26.65 106.63; 铜仁松桃 28.15 109.20; 威宁 26.86 104.28; 遵义赤水 28.59 105.70
52 黎平 26.23 109.14; 兴义 25.09 104.90; 沿河 28.56 108.50
53 昆明 25.04 102.71; 德钦 28.48 98.91; 景洪 22.01 100.80; 勐腊 21.48 101.56
53 昭通水富 28.63 104.42; 富宁 23.63 105.63; 瑞丽 24.01 97.85; 贡山 27.74 98.67
53 镇雄 27.44 104.87
54 拉萨 29.65 91.14; 噶尔 32.50 80.10; 札达 31.48 79.80; 林芝 29.65 94.36; 芒康 29.68 98.59
54 昌都 31.14 97.17; 日喀则 29.27 88.88; 日土 33.38 79.73; 那曲 31.48 92.05
54 吉隆 28.85 85.30; 改则 32.30 84.06; 察隅 28.66 97.47; 亚东 27.48 88.91
61 西安 34.34 108.94; 榆林府谷 39.03 111.07; 汉中宁强 32.83 106.26; 安康镇坪 31.88 109.53
61 潼关 34.54 110.24; 定边 37.59 107.60; 神木 38.84 110.50
62 兰州 36.06 103.83; 敦煌 40.14 94.66; 陇南文县 32.94 104.68; 庆阳 35.71 107.64
62 正宁 35.49 108.36; 合水 35.82 108.02; 酒泉 39.73 98.49; 玛曲 34.00 102.07
62 武威 37.93 102.64; 民勤 38.62 103.09; 阿克塞 39.63 94.34; 肃北马鬃山 41.80 97.03
63 西宁 36.62 101.78; 玉树 33.00 97.01; 格尔木 36.42 94.90; 茫崖花土沟 38.25 90.86
63 班玛 32.93 100.74; 民和 36.32 102.83; 循化 35.85 102.49; 久治 33.43 101.48
63 唐古拉山镇 34.22 92.44
64 银川 38.49 106.23; 固原泾源 35.50 106.33; 石嘴山 39.02 106.38; 中卫 37.50 105.20
64 盐池 37.78 107.41
65 乌鲁木齐 43.83 87.62; 喀什 39.47 75.99; 塔什库尔干 37.77 75.23; 哈密 42.82 93.51
65 阿勒泰 47.85 88.14; 布尔津喀纳斯 48.70 87.02; 和田 37.11 79.92; 伊犁霍尔果斯 44.21 80.42
65 若羌 39.02 88.17; 巴里坤 43.60 93.01; 伊吾 43.25 94.70; 叶城 37.88 77.41
71 台北 25.04 121.56; 高雄 22.63 120.30; 恒春 22.00 120.74; 澎湖 23.57 119.58
81 中环 22.28 114.16; 大澳 22.25 113.86; 沙头角 22.55 114.22
82 澳门 22.20 113.54; 路环 22.12 113.56
"""


def read_places() -> list[tuple[str, str, Place]]:
    places = []
    for line in INSIDE.split("\n"):
        if not line:
            continue
        code, _, rest = line.partition(" ")
        for told in rest.split("; "):
            name, north, east = told.split(" ")
            place = build_place(float(north), float(east), is_trusted=True)
            assert place is not None
            places.append((code, name, place))
    return places


PLACES = read_places()
# The first place of each division is its seat.
SEATS = {code: place for code, _, place in reversed(PLACES)}


def territory_of(code: str) -> Territory:
    [province] = [each for each in PROVINCES if each.code == code]
    return Territory(
        id=UUID(int=7),
        organisation_id=UUID(int=8),
        name=province.name,
        areas=province.areas,
        created_at=NOW,
    )


def divert(code: str, place: Place | None) -> int | None:
    """Return by how many km a reading at a place is told as out of a division; None: it is not."""
    shipment = Shipment(event_id=UUID(int=1), territory=territory_of(code))
    seen = Seen(unit_key=1, scan_id=UUID(int=2), organisation_id=UUID(int=8), at=NOW)
    found = find_diversion(shipment, seen, place)
    return None if found is None else found.km


@pytest.mark.parametrize(("code", "name", "place"), PLACES, ids=[f"{c}-{n}" for c, n, _ in PLACES])
def test_no_place_of_a_division_is_out_of_it(code: str, name: str, place: Place) -> None:
    assert divert(code, place) is None, name


def test_every_division_is_tried() -> None:
    assert {each.code for each in PROVINCES} == SEATS.keys()
    for each in PROVINCES:
        assert 1 <= len(each.areas) <= AREAS_MAX
        assert all(RADIUS_KM_MIN <= area.radius_km <= RADIUS_KM_MAX for area in each.areas)


# Beijing and Tianjin lie in Hebei, Hong Kong and Macao next to Guangdong: their neighbours' goods
# may be theirs. But not the other way around.
@pytest.mark.parametrize(
    ("code", "seen_at"),
    [
        ("11", "12"),
        ("12", "11"),
        ("31", "32"),
        ("31", "33"),
        ("50", "51"),
        ("81", "82"),
        ("82", "81"),
        ("81", "44"),
        ("32", "44"),
        ("46", "44"),
        ("71", "35"),
        ("65", "63"),
    ],
)
def test_a_reading_in_another_division_is_told_with_its_distance(code: str, seen_at: str) -> None:
    km = divert(code, SEATS[seen_at])
    assert km is not None
    assert km >= 1


@pytest.mark.parametrize("code", ["11", "12", "31", "50", "81", "82"])
def test_goods_of_a_municipality_are_far_away_from_most_others(code: str) -> None:
    far = [each for each in SEATS if each != code and divert(code, SEATS[each]) is not None]
    assert len(far) >= len(SEATS) - 3


def test_abroad_is_out_of_every_division() -> None:
    for north, east in ((48.9, 2.4), (-33.9, 151.2), (40.7, -74.0), (1.3, 103.8)):
        place = build_place(north, east, is_trusted=True)
        assert all((divert(each.code, place) or 0) > 500 for each in PROVINCES)


def test_an_unknown_place_and_a_shipment_without_a_region_are_no_diversion() -> None:
    assert divert("31", None) is None
    seen = Seen(unit_key=1, scan_id=UUID(int=2), organisation_id=UUID(int=8), at=NOW)
    assert find_diversion(None, seen, SEATS["31"]) is None
