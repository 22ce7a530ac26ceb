"""System 系统: who may act, which law holds, what runs, what was decided, what the lake holds?"""

from fastapi import APIRouter

from lantian.web.pages.system import audit, jobs, lake, people, rules, settings

router = APIRouter()
for part in (rules, people, jobs, audit, lake, settings):
    router.include_router(part.router)

__all__ = ["router"]
