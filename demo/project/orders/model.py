"""What an order is."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """Some pieces of one article."""

    article: str
    pieces: int
    price: Decimal

    def __post_init__(self) -> None:
        if self.pieces < 1:
            raise ValueError(f"{self.article}: at least 1 piece, not {self.pieces}")
        if self.price < 0:
            raise ValueError(f"{self.article}: a price is not negative")


@dataclass(frozen=True)
class Order:
    """What a customer wants; every save makes a new version."""

    number: str
    customer: str
    lines: tuple[Line, ...]
    version: int = 0
