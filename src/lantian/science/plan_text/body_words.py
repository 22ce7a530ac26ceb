"""Words by which a name is known for a body: endings, collectives and places, without any city's directory."""

import re

_ENDING = re.compile(
    r"(?:政府|公署|委员会|管委会|党委|市委|县委|区委|省委|[一-龥]委|局|厅|部|署|办|办公室|院|银行|分行|支行|总行|海关|公司|"
    r"集团|中心|支队|大队|总队|中队|队|站|研究所|派出所|监管所|所|协会|学会|联合会|商会|工会|基金会|联社|供销社|报社|"
    r"企业|单位|部门|机构|指挥部|小组|工作组|专班|街道|街道办|办事处|管理处|乡镇|镇|乡|气象台|电视台|电台|大学|学院|"
    r"学校|厂|军分区|妇联|团委|铁路局|运营商)$"
)
_STRONG = re.compile(
    r"(?:政府|公署|委员会|管委会|[一-龥]{2}委|局|厅|(?<![全内外局上中下东西南北底顶])部|[一-龥]署|部门|指挥部|成员单位|"
    r"办公室|[一-龥]{2}办|支队|海关|分行|中心)$"
)
_PLACE = re.compile(r"[一-龥](?:[县区市旗州盟镇乡]|街道|林场|农场)$")
_ZONE = re.compile(
    r"(?:高新区|经开区|开发区|园区|新区|示范区|度假区|保税区|保税港区|工业区|试验区|风景区|景区|集聚区|工业园|科技园|"
    r"产业园|管理区|港区|化工园|物流园|合作区|功能区)$"
)
GENERAL = re.compile(r"(?:有关|相关|涉及|所在|部分|重点|其他|其它|其余)")
"""Words that make a collective mean only some of its members."""
_COLLECTIVE = re.compile(
    r"(?:^|[市省县区旗国直属级府])各(?!自|项|类|种)|^各|各级|有关|相关|成员单位|^(?:所有|全体|全部|其他|其它|其余|涉及)|"
    r"^(?:市、?县|县、?区|县市区|市县区|区县|市州|州市|旗县|县旗|乡镇|市县乡|县[（(]市、?区[）)])(?:人民)?政府$|"
    r"^(?:县区|市县|区县|旗县|县市区)$|(?:部门|企业)$"
)
_CLASSES = re.compile(
    r"^(?:地方|全市|全省|全区|市辖|所辖|辖区内?的?|我市|本市)?"
    r"(?:各有关|各相关|有关|相关|各|所有|全部|其他|其它|其余)?(?:的)?"
    r"(?P<classes>(?:设区的?市|省直管县|[市县区旗州盟级乡镇村]|街道|社区|[、，,（）()和及/])*[市县区旗州盟级乡镇村道）)])"
    r"(?:(?:党委[和及、])?(?:人民)?政府|行政公署)?$"
)
_ALL_ZONES = re.compile(
    r"^(?:全市|市)?(?:各有关|各相关|各类?|有关|相关|所有)?(?:省级|国家级|市级)?"
    r"(?:经济|技术|产业|高新|工业|开发区|园区|功能区|、|和)*(?:开发区|园区|功能区)(?:管委会|管理委员会)?$"
)
_ALL_DEPARTMENTS = re.compile(
    r"^(?:市直属?|市级|市政府|市)?(?:各有关|各相关|各|有关|相关|其他|其他有关|所有)*(?:市直|市级)?"
    r"(?:职能|责任|行业|主管|监管|行政|管理|业务)*(?:部门|单位|部门和单位|单位和部门)$"
)
_GOVERNMENT = re.compile(r"(?:政府|公署|管委会|管理委员会|街道办|街道办事处|街道|乡镇)$")
_TRAILING_BRACKET = re.compile(r"[（(〔\[][^（(〔\[）)〕\]]*[）)〕\]]$")


def without_bracket(name: str) -> str:
    """Return a name without a remark in brackets at its end.

    Examples
    --------
    >>> without_bracket("市生态环境局（市大气办）")
    '市生态环境局'
    """
    return _TRAILING_BRACKET.sub("", name).strip() or name


def ends_like_body(name: str) -> bool:
    """Whether a name ends as bodies' names do (局、委、人民政府 …).

    Examples
    --------
    >>> ends_like_body("市工信局"), ends_like_body("市规划")
    (True, False)
    """
    return bool(_ENDING.search(without_bracket(name)[-8:]))


def surely_body(name: str) -> bool:
    """Whether an ending leaves no doubt, even where no verb stands by (a bare list in brackets).

    Examples
    --------
    >>> surely_body("省科技厅"), surely_body("全部"), surely_body("钢铁企业")
    (True, False, False)
    """
    return bool(_STRONG.search(without_bracket(name)[-8:]))


def is_place(name: str) -> bool:
    """Whether a name ends like a place that has a government (潞州区).

    Examples
    --------
    >>> is_place("潞州区"), is_place("市工信局")
    (True, False)
    """
    return bool(_PLACE.search(name[-8:]))


def is_zone(name: str) -> bool:
    """Whether a name ends like a development zone, which has a committee and no government (开发区).

    Examples
    --------
    >>> is_zone("长治高新区"), is_zone("潞州区")
    (True, False)
    """
    return bool(_ZONE.search(name[-8:]))


def is_collective(name: str) -> bool:
    """Whether a name stands for several bodies, by its words alone.

    Examples
    --------
    >>> is_collective("各县（市、区）人民政府"), is_collective("市各成员单位"), is_collective("市公安局")
    (True, True, False)
    """
    return len(name) <= LONGEST and bool(_COLLECTIVE.search(name))


def is_local_government(name: str) -> bool:
    """Whether a name is that of a county's government or a zone's committee, which carries out what others lead.

    Examples
    --------
    >>> is_local_government("各区人民政府"), is_local_government("市政府办公室")
    (True, False)
    """
    plain = without_bracket(name)
    return bool(_GOVERNMENT.search(plain[-8:])) or (is_collective(plain) and classes_of(plain) is not None)


def classes_of(name: str) -> str | None:
    """Return the classes of places in a collective of governments, or None where it is no such collective.

    Examples
    --------
    >>> classes_of("各县（市、区）人民政府"), classes_of("地方各级人民政府"), classes_of("有关新城区人民政府")
    ('县（市、区）', '级', None)
    """
    found = _CLASSES.match(name) if len(name) <= LONGEST else None
    return found["classes"] if found else None


def means_all_zones(name: str) -> bool:
    """Whether a collective stands for the development zones.

    Examples
    --------
    >>> means_all_zones("各开发区管委会"), means_all_zones("长治经开区")
    (True, False)
    """
    return len(name) <= LONGEST and bool(_ALL_ZONES.match(name))


def means_departments(name: str) -> bool:
    """Whether a collective stands for the city's departments.

    Examples
    --------
    >>> means_departments("市直有关部门"), means_departments("省直有关部门")
    (True, False)
    """
    return len(name) <= LONGEST and bool(_ALL_DEPARTMENTS.match(name))


LONGEST = 60
"""A longer run of characters is no name of a collective; keeps every pattern above short."""
