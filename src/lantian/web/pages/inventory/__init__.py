"""Inventory 清单: sums and intervals, tree, places, shares, hours, differences, and how each tonne was made."""

from fastapi import APIRouter

from lantian.web.pages.inventory import changes, editions, hours, known, places, sums, why

router = APIRouter()
for _part in (sums, places, known, hours, changes, editions, why):
    router.include_router(_part.router)
