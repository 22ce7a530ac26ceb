"""Every router of the web, one a room."""

from fastapi import APIRouter

from lantian.web.pages import account, air, health, language, outside, system, today, wall

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    air.router,
    health.router,
    language.router,
    outside.router,
    system.router,
    today.router,
    wall.router,
)
