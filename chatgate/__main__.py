"""``python -m chatgate``."""

from chatgate.cli import main

if __name__ == "__main__":
    main()
