# SPDX-License-Identifier: Apache-2.0
"""The divisions of China as circles: where people who draw a sales region may begin.

Coarse on purpose, and never too small: a place near a border is inside on both sides, since a
reading is told as out of region only where it certainly is. Long ones are several circles.
"""

from typing import Final

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.records import record
from trueorigin.domain.territories import Area


@record
class Province:
    """A province, municipality, autonomous or special region; `code` is that of GB/T 2260."""

    code: str
    name: LocalText
    areas: tuple[Area, ...]


def _build(code: str, zh: str, en: str, *circles: tuple[float, float, int]) -> Province:
    areas = tuple(Area(latitude=n, longitude=e, radius_km=km) for n, e, km in circles)
    return Province(code=code, name=LocalText(zh=zh, en=en), areas=areas)


PROVINCES: Final = (
    _build("11", "北京", "Beijing", (40.2, 116.4, 110)),
    _build("12", "天津", "Tianjin", (39.2, 117.3, 75), (40.0, 117.4, 40)),
    _build("13", "河北", "Hebei", (39.3, 116.6, 390)),
    _build("14", "山西", "Shanxi", (37.6, 112.3, 360)),
    _build("15", "内蒙古", "Inner Mongolia", (41, 103, 600), (43, 115, 560), (48.5, 121, 560)),
    _build("21", "辽宁", "Liaoning", (41.2, 122.6, 330)),
    _build("22", "吉林", "Jilin", (43.4, 126.2, 430)),
    _build("23", "黑龙江", "Heilongjiang", (48.0, 127.8, 670)),
    _build("31", "上海", "Shanghai", (31.2, 121.5, 80)),
    _build("32", "江苏", "Jiangsu", (32.9, 119.4, 325)),
    _build("33", "浙江", "Zhejiang", (29.2, 120.3, 270)),
    _build("34", "安徽", "Anhui", (31.9, 117.2, 330)),
    _build("35", "福建", "Fujian", (26.1, 118.0, 330)),
    _build("36", "江西", "Jiangxi", (27.4, 115.8, 360)),
    _build("37", "山东", "Shandong", (36.3, 118.6, 390)),
    _build("41", "河南", "Henan", (33.9, 113.6, 340)),
    _build("42", "湖北", "Hubei", (31.1, 112.3, 410)),
    _build("43", "湖南", "Hunan", (27.6, 111.7, 360)),
    _build("44", "广东", "Guangdong", (22.9, 113.5, 470)),
    _build("45", "广西", "Guangxi", (23.8, 108.4, 420)),
    _build("46", "海南", "Hainan", (19.2, 109.8, 170), (16.6, 112.2, 170)),
    _build("50", "重庆", "Chongqing", (30.1, 107.9, 310)),
    _build("51", "四川", "Sichuan", (30.3, 102.9, 590)),
    _build("52", "贵州", "Guizhou", (26.9, 106.7, 350)),
    _build("53", "云南", "Yunnan", (25.0, 101.7, 550)),
    _build("54", "西藏", "Tibet", (31.8, 83.5, 580), (30.8, 93.5, 640)),
    _build("61", "陕西", "Shaanxi", (35.3, 108.9, 490)),
    _build("62", "甘肃", "Gansu", (35.2, 105.3, 350), (38.6, 101.3, 310), (40.8, 96.3, 390)),
    _build("63", "青海", "Qinghai", (35.8, 96.4, 650)),
    _build("64", "宁夏", "Ningxia", (37.2, 106.2, 260)),
    _build("65", "新疆", "Xinjiang", (41.5, 85.3, 1050)),
    _build("71", "台湾", "Taiwan", (23.7, 121.0, 230)),
    _build("81", "香港", "Hong Kong", (22.3, 114.2, 45)),
    _build("82", "澳门", "Macao", (22.2, 113.5, 15)),
)
