"""Sources 源: instruments and outlets, what is doubtful about their data, and the frames of every number."""

from fastapi import APIRouter

from lantian.web.pages.sources import findings, frames, outlet, outlets, overview

router = APIRouter()
for _part in (overview, outlets, outlet, findings, frames):
    router.include_router(_part.router)
