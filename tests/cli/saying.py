"""What the command line's tests ask of an error."""


def is_one_line(error, *needles):
    """Assert that an error is one line that says these."""
    assert len(error.strip().splitlines()) == 1, error
    for needle in needles:
        assert needle in error
