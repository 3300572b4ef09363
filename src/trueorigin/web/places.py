# SPDX-License-Identifier: Apache-2.0
"""Say roughly where a reading was, in words a shopper knows: near which large city.

A short list by heart instead of a map service: nothing is asked of anybody, and nothing finer
than the stored cell can come out. Where no listed city is near, the cell's middle is given.
"""

from functools import lru_cache
from typing import Final

from trueorigin.domain.risk import Place, build_place, distance_km
from trueorigin.web.i18n import Translator

# Farther than a commuter would say "near".
_NEAR_KM_MAX: Final = 60

# Chinese name, English name, latitude, longitude: the seats of provinces, the other cities of more
# than about five million, and the largest cities abroad.
_CITIES: Final[tuple[tuple[str, str, float, float], ...]] = (
    ("北京", "Beijing", 39.9, 116.4),
    ("上海", "Shanghai", 31.2, 121.5),
    ("天津", "Tianjin", 39.1, 117.2),
    ("重庆", "Chongqing", 29.6, 106.6),
    ("石家庄", "Shijiazhuang", 38.0, 114.5),
    ("唐山", "Tangshan", 39.6, 118.2),
    ("保定", "Baoding", 38.9, 115.5),
    ("邯郸", "Handan", 36.6, 114.5),
    ("太原", "Taiyuan", 37.9, 112.5),
    ("呼和浩特", "Hohhot", 40.8, 111.7),
    ("沈阳", "Shenyang", 41.8, 123.4),
    ("大连", "Dalian", 38.9, 121.6),
    ("长春", "Changchun", 43.9, 125.3),
    ("哈尔滨", "Harbin", 45.8, 126.6),
    ("南京", "Nanjing", 32.1, 118.8),
    ("苏州", "Suzhou", 31.3, 120.6),
    ("无锡", "Wuxi", 31.6, 120.3),
    ("徐州", "Xuzhou", 34.3, 117.2),
    ("南通", "Nantong", 32.0, 120.9),
    ("杭州", "Hangzhou", 30.3, 120.2),
    ("宁波", "Ningbo", 29.9, 121.6),
    ("温州", "Wenzhou", 28.0, 120.7),
    ("金华", "Jinhua", 29.1, 119.6),
    ("合肥", "Hefei", 31.8, 117.2),
    ("阜阳", "Fuyang", 32.9, 115.8),
    ("福州", "Fuzhou", 26.1, 119.3),
    ("厦门", "Xiamen", 24.5, 118.1),
    ("泉州", "Quanzhou", 24.9, 118.6),
    ("南昌", "Nanchang", 28.7, 115.9),
    ("赣州", "Ganzhou", 25.8, 114.9),
    ("济南", "Jinan", 36.7, 117.0),
    ("青岛", "Qingdao", 36.1, 120.4),
    ("潍坊", "Weifang", 36.7, 119.2),
    ("烟台", "Yantai", 37.5, 121.4),
    ("临沂", "Linyi", 35.1, 118.3),
    ("济宁", "Jining", 35.4, 116.6),
    ("郑州", "Zhengzhou", 34.7, 113.6),
    ("洛阳", "Luoyang", 34.6, 112.5),
    ("南阳", "Nanyang", 33.0, 112.5),
    ("武汉", "Wuhan", 30.6, 114.3),
    ("宜昌", "Yichang", 30.7, 111.3),
    ("襄阳", "Xiangyang", 32.0, 112.1),
    ("长沙", "Changsha", 28.2, 112.9),
    ("衡阳", "Hengyang", 26.9, 112.6),
    ("广州", "Guangzhou", 23.1, 113.3),
    ("深圳", "Shenzhen", 22.5, 114.1),
    ("东莞", "Dongguan", 23.0, 113.7),
    ("佛山", "Foshan", 23.0, 113.1),
    ("汕头", "Shantou", 23.4, 116.7),
    ("湛江", "Zhanjiang", 21.3, 110.4),
    ("南宁", "Nanning", 22.8, 108.4),
    ("桂林", "Guilin", 25.3, 110.3),
    ("海口", "Haikou", 20.0, 110.3),
    ("三亚", "Sanya", 18.3, 109.5),
    ("成都", "Chengdu", 30.7, 104.1),
    ("泸州", "Luzhou", 28.9, 105.4),
    ("宜宾", "Yibin", 28.8, 104.6),
    ("绵阳", "Mianyang", 31.5, 104.7),
    ("贵阳", "Guiyang", 26.6, 106.7),
    ("遵义", "Zunyi", 27.7, 106.9),
    ("昆明", "Kunming", 25.0, 102.7),
    ("拉萨", "Lhasa", 29.7, 91.1),
    ("西安", "Xi’an", 34.3, 108.9),
    ("兰州", "Lanzhou", 36.1, 103.8),
    ("西宁", "Xining", 36.6, 101.8),
    ("银川", "Yinchuan", 38.5, 106.3),
    ("乌鲁木齐", "Ürümqi", 43.8, 87.6),
    ("香港", "Hong Kong", 22.3, 114.2),
    ("澳门", "Macao", 22.2, 113.5),
    ("台北", "Taipei", 25.0, 121.5),
    ("高雄", "Kaohsiung", 22.6, 120.3),
    ("东京", "Tokyo", 35.7, 139.7),
    ("大阪", "Osaka", 34.7, 135.5),
    ("首尔", "Seoul", 37.6, 127.0),
    ("新加坡", "Singapore", 1.3, 103.8),
    ("曼谷", "Bangkok", 13.8, 100.5),
    ("河内", "Hanoi", 21.0, 105.8),
    ("胡志明市", "Ho Chi Minh City", 10.8, 106.7),
    ("吉隆坡", "Kuala Lumpur", 3.1, 101.7),
    ("雅加达", "Jakarta", -6.2, 106.8),
    ("马尼拉", "Manila", 14.6, 121.0),
    ("新德里", "New Delhi", 28.6, 77.2),
    ("孟买", "Mumbai", 19.1, 72.9),
    ("迪拜", "Dubai", 25.2, 55.3),
    ("莫斯科", "Moscow", 55.8, 37.6),
    ("伊斯坦布尔", "Istanbul", 41.0, 29.0),
    ("柏林", "Berlin", 52.5, 13.4),
    ("法兰克福", "Frankfurt", 50.1, 8.7),
    ("巴黎", "Paris", 48.9, 2.4),
    ("阿姆斯特丹", "Amsterdam", 52.4, 4.9),
    ("马德里", "Madrid", 40.4, -3.7),
    ("米兰", "Milan", 45.5, 9.2),
    ("伦敦", "London", 51.5, -0.1),
    ("纽约", "New York", 40.7, -74.0),
    ("洛杉矶", "Los Angeles", 34.1, -118.2),
    ("旧金山", "San Francisco", 37.8, -122.4),
    ("多伦多", "Toronto", 43.7, -79.4),
    ("温哥华", "Vancouver", 49.3, -123.1),
    ("墨西哥城", "Mexico City", 19.4, -99.1),
    ("圣保罗", "São Paulo", -23.5, -46.6),
    ("悉尼", "Sydney", -33.9, 151.2),
    ("墨尔本", "Melbourne", -37.8, 145.0),
    ("内罗毕", "Nairobi", -1.3, 36.8),
    ("约翰内斯堡", "Johannesburg", -26.2, 28.0),
)


@lru_cache(maxsize=4096)
def _find_city(place: Place) -> tuple[str, str] | None:
    """Return the Chinese and English name of the nearest listed city, if one is near."""
    near: list[tuple[float, tuple[str, str]]] = []
    for chinese, english, latitude, longitude in _CITIES:
        city = build_place(latitude, longitude)
        if city is not None and (km := distance_km(city, place)) <= _NEAR_KM_MAX:
            near.append((km, (chinese, english)))
    return min(near)[1] if near else None


def word_place(place: Place, language: Translator) -> str:
    """Return roughly where `place` is, as it stands after "near"."""
    return find_city(place, language) or word_degrees(place, language)


def find_city(place: Place, language: Translator) -> str | None:
    """Return the name of the nearest listed city, if one is near."""
    city = _find_city(place)
    if city is None:
        return None
    return city[0] if language.language == "zh" else city[1]


def word_degrees(place: Place, language: Translator) -> str:
    """Return the middle of the cell as latitude and longitude."""
    north = "place-north" if place.latitude >= 0 else "place-south"
    east = "place-east" if place.longitude >= 0 else "place-west"
    return language.text(
        "place",
        latitude=language.text(north, degrees=f"{abs(place.latitude):.1f}"),
        longitude=language.text(east, degrees=f"{abs(place.longitude):.1f}"),
    )
