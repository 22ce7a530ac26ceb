"""Every router of the web, one a room."""

from fastapi import APIRouter

from lantian.web import api
from lantian.web.pages import (
    account,
    air,
    health,
    inventory,
    language,
    outside,
    papers,
    plan,
    sources,
    system,
    today,
    wall,
)

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    air.router,
    api.router,
    health.router,
    inventory.router,
    language.router,
    outside.router,
    papers.router,
    plan.router,
    sources.router,
    system.router,
    today.router,
    wall.router,
)
