"""SQLAlchemy's asynchronous engine without its sessions: these bring the ORM, a tenth of the time to start, unused."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from typing import Any

from sqlalchemy import ext

_PACKAGE = "sqlalchemy.ext.asyncio"


def _stand_in() -> ModuleSpec | None:
    """Register the package as it is before it is loaded: its engine can then be imported alone."""
    spec = None if _PACKAGE in sys.modules else find_spec(_PACKAGE)
    if spec is not None:
        sys.modules[_PACKAGE] = module_from_spec(spec)
    return spec


def _load_when_asked(spec: ModuleSpec) -> None:
    """Load the package as soon as somebody else wants a name from it."""
    package = sys.modules[spec.name]

    def load(name: str) -> Any:  # noqa: ANN401 - whatever the package has by that name
        if name.startswith("__") or spec.loader is None:
            raise AttributeError(name)
        del package.__getattr__
        spec.loader.exec_module(package)
        return getattr(package, name)

    package.__getattr__ = load  # type: ignore[method-assign]
    ext.asyncio = package


_stood_in = _stand_in()

from sqlalchemy.ext.asyncio.engine import AsyncConnection, AsyncEngine, create_async_engine  # noqa: E402 - see above

if _stood_in is not None:
    _load_when_asked(_stood_in)

__all__ = ["AsyncConnection", "AsyncEngine", "create_async_engine"]
