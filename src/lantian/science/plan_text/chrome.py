"""Which lines are the furniture of a page, not the document? (网页导航、分享、页码、版权)."""

import re

_PAGE_NUMBER = re.compile(
    r"[—–\-~·•\s]*\d{1,4}[—–\-~·•\s]*|第\s*\d{1,4}\s*页(?:[,，/\s]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}|Page\s*\d{1,4}(?:\s*of\s*\d{1,4})?",
    re.IGNORECASE,
)
_MARKS = "【】[]〖〗<>＜＞《》()（）|｜·>»›/\\-—:： \t\u3000\xa0"
_WORDS = (
    "返回首页|返回顶部|返回上页|返回列表|返回|首页|网站首页|网站地图|设为首页|加入收藏|收藏|收藏本页|打印|打印本页|打印此页|打印正文|关闭|关闭窗口|关闭本页"
    "|分享|分享到|分享至|一键分享|微信|微博|新浪微博|QQ空间|QQ好友|QQ|朋友圈|复制链接|扫一扫|公众号|微信公众号|关注官方微信|关注官方公众号|关注我们|官方微信|官方微博"
    "|客户端|手机版|无障碍|无障碍浏览|长者模式|适老版|简体|繁体|登录|注册|搜索|导航|菜单|字号|字体|大|中|小|大中小|默认|朗读|语音播报|下载|下载文件|附件下载|相关附件"
    "|正文|行业动态|新闻动态|通知公告|政策文件|政策法规|政策解读|政务公开|信息公开|政府信息公开|信息公开目录|信息公开指南|部门文件|市政府文件|规范性文件|最新文件"
    "|要闻|互动交流|政务服务|机构概况|专题专栏|相关阅读|相关链接|相关文章|相关新闻|相关解读|相关政策|热点推荐|推荐阅读|猜你喜欢|延伸阅读|友情链接|联系我们|关于我们"
    "|网站声明|隐私保护|评论|发表评论|我要纠错|纠错|意见反馈|点赞|在线客服|当前位置|您的位置|您所在的位置|目录|二维码|保护视力色|稿件来源|TOP|Top"
)
_WHOLE = re.compile(rf"(?:{_WORDS})")
_BEGINNING = re.compile(
    r"(?:当前位置|您的位置|您所在的位置|您现在的位置|所在位置|现在位置)\s*[：:>]?|摘\s*要\s*[：:]|【?(?:来源|信息来源|稿件来源|文章来源|作者|编辑|责任编辑|责编|审核|初审|复审|终审|校对|录入|浏览次数|浏览量|阅读次数|阅读量|阅读|点击数|点击量|点击|访问量|访问次数|字号|字体|字体大小|视力保护色|保护视力色"
    r"|分享到|分享至|关键词|关键字|标签|发布日期|发布时间|发稿时间|更新时间|更新日期|日期|时间|上一篇|下一篇|上一条|下一条|上一页|下一页|主办单位|主办|承办单位|承办|技术支持|版权所有|联系电话|联系地址|地址|邮编|网站标识码|备案号)\s*[：:】]"
    r"|(?:版权所有|Copyright|©|主办单位|网站标识码|[\u4e00-\u9fff]ICP备|[\u4e00-\u9fff]公网安备|技术支持|扫一扫|扫描二维码|用手机|长按|点击(?:下载|查看|关注)|上一篇|下一篇|免责声明|本网站|声明[：:])"
    r"|#\s",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"ICP备\s*\d|公网安备|版权所有|All Rights Reserved|网站标识码|扫一扫(?:在手机|二维码|分享)|浏览次数"
    r"|在手机打开当前页|浏览器",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"首页\s*[>›»＞/\-—]|[>›»＞]\s*\S+\s*[>›»＞]")
_LONGEST = 160
"""Furniture is short; a longer line is somebody's sentence, whatever it begins with. [character]"""
_LONGEST_SUMMARY = 600
_SUMMARY = re.compile(r"(?:摘\s*要|内容摘要|内容概述|内容概要|导读|关键词)\s*[：:]")


def is_page_number(text: str) -> bool:
    """Whether a line is only the number of a page.

    Examples
    --------
    >>> [is_page_number(row) for row in ("— 3 —", "第2页 共12页", "2024年")]
    [True, True, False]
    """
    return len(text) <= 24 and _PAGE_NUMBER.fullmatch(text.strip()) is not None


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page around a document: share buttons, source, dates of the site, copyright.

    Examples
    --------
    >>> [is_furniture(row) for row in ("【打印】 【关闭】", "上一篇：某方案解读", "加强监测。")]
    [True, True, False]
    """
    plain = text.strip()
    if _SUMMARY.match(plain):
        return len(plain) <= _LONGEST_SUMMARY
    if len(plain) > _LONGEST:
        return False
    if not any(c.isalnum() for c in plain):
        return True
    if _BEGINNING.match(plain) or _INSIDE.search(plain) or _TRAIL.search(plain):
        return True
    words = [word for word in re.split(rf"[{re.escape(_MARKS)}]+", plain) if word]
    return all(_WHOLE.fullmatch(word) for word in words)
