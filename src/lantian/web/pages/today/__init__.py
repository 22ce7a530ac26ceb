"""Today 今日: what must the duty officer know, in five seconds?"""

from lantian.web.pages.today.routes import router

__all__ = ["router"]
