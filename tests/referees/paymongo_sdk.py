"""Lets paymongo-python judge an event of live mode, past two faults of the library."""

import traceback

import paymongo


def believes(body, header, secret):
    """Returns whether the library accepts the signature."""
    try:
        paymongo.Webhook.construct_event(body, header, secret)
    except KeyError as error:
        # It has verified, and looks for a member that events do not have.
        assert error.args == ("resource",), error
    except TypeError as error:
        # It refuses, and cannot make its own exception from a text.
        lines = [frame.line for frame in traceback.extract_tb(error.__traceback__)]
        assert any("raise SignatureVerificationException" in line for line in lines), error
        return False
    return True
