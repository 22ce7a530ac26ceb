"""The interface for programs, version 1 (接口): what the pages show, as rows with types and units."""

from lantian.web.api.routes import router

__all__ = ["router"]
