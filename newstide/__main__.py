"""`python -m newstide` is the command `newstide`."""

from newstide.cli import main

if __name__ == "__main__":
    main()
