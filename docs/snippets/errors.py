"""Errors: declared as classes, raised where they happen, read back where they arrive."""

from typing import ClassVar

from attrs import define

from modkit_errors import Catalogue, Conflict, Exhausted, Problem


# region declare
@define
class SeatTaken(Conflict):
    """Somebody else has this seat."""

    seat: str


@define
class TooManySeats(Exhausted):
    """No more seats for this customer."""

    template: ClassVar[str] = "At most {limit} seats for one customer, asked for {asked}."
    limit: int
    asked: int


# endregion
# region see
error = TooManySeats(limit=4, asked=9, retry_after_s=60)
assert (error.status, error.code) == (429, "TOO_MANY_SEATS")
assert str(error) == "At most 4 seats for one customer, asked for 9."
assert error.headers() == {"retry-after": "60"}
# endregion

# region back
document = Problem.of(error, instance="/seats/v1/bookings").to_json()

catalogue = Catalogue([SeatTaken, TooManySeats])
again = catalogue.error(Problem.from_json(document))
assert isinstance(again, TooManySeats)
assert again.limit == 4
# endregion
