"""Accounts at the identity provider: signing up, in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience, single_client
from shutterfeed_cli.errors import CliError, NotSignedIn, Refused

_TARGET: Final = "AWSCognitoIdentityProviderService"
_SECOND_FACTOR: Final = "SOFTWARE_TOKEN_MFA"
_SHORTEST_LIFETIME: Final = 300.0
"""The shortest lifetime of a token, in seconds, that a user pool allows."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The tokens of a sign-in. The API accepts the access token."""

    access: str = field(repr=False)
    id: str = field(repr=False)
    refresh: str = field(repr=False)
    lifetime: float
    """The lifetime of the access token in seconds."""


class Accounts:
    """The operations of Cognito that need only the user's own credentials.

    Every method raises `NotSignedIn` or `Refused` with Cognito's reason, `NetworkGone`, `Stopped`.
    """

    def __init__(self, client: httpx.Client, url: str, client_id: str, patience: Patience) -> None:
        self._client = client
        self._url = url
        self._client_id = client_id
        self._patience = patience

    @classmethod
    def once(cls, url: str, client_id: str) -> Accounts:
        """Requests that are made once, each on a connection of its own: see `Api.once`."""
        return cls(single_client(), url, client_id, Patience(attempts=1))

    def sign_up(self, email: str, password: str) -> None:
        """Create an account, which has to be confirmed. Raises `Refused` with the code
        `UsernameExistsException` if the address is taken."""
        attributes = [{"Name": "email", "Value": email}]
        self.call("SignUp", {"Username": email, "Password": password, "UserAttributes": attributes})

    def confirm(self, email: str, code: str) -> None:
        """Prove the address with the code that was sent to it."""
        self.call("ConfirmSignUp", {"Username": email, "ConfirmationCode": code})

    def sign_in(self, email: str, password: str, code: Callable[[], str] | None = None) -> SignIn:
        """Sign in. `code` gives the code of the account's authenticator app, if it has one.

        Raises `NotSignedIn` for a wrong address, password or code, and if the account asks for
        anything else.
        """
        answer = self.call(
            "InitiateAuth",
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": email, "PASSWORD": password},
            },
        )
        if answer.get("ChallengeName") == _SECOND_FACTOR and code is not None:
            answer = self._second_factor(answer, code())
        try:
            result = answer["AuthenticationResult"]
            return _sign_in(result, result["RefreshToken"])
        except KeyError:
            asked = answer.get("ChallengeName", "something else")
            raise NotSignedIn(
                f"The account asks for {asked}, which this command cannot answer: sign in once on "
                "the site."
            ) from None

    def _second_factor(self, asked: Json, code: str) -> Json:
        username = asked.get("ChallengeParameters", {})["USER_ID_FOR_SRP"]
        return self.call(
            "RespondToAuthChallenge",
            {
                "ChallengeName": _SECOND_FACTOR,
                "Session": asked["Session"],
                "ChallengeResponses": {"USERNAME": username, f"{_SECOND_FACTOR}_CODE": code},
            },
        )

    def refresh(self, refresh_token: str) -> SignIn:
        """Get new tokens. The refresh token to use from now on is the one in the answer: the old
        one is good for a minute more, in case the answer is lost.

        Raises `NotSignedIn` if the old one is no longer valid.
        """
        answer = self.call("GetTokensFromRefreshToken", {"RefreshToken": refresh_token})
        result = answer["AuthenticationResult"]
        return _sign_in(result, result.get("RefreshToken") or refresh_token)

    def revoke(self, refresh_token: str) -> None:
        """Make the refresh token invalid, and every access token that was made with it."""
        self.call("RevokeToken", {"Token": refresh_token})

    def call(self, operation: str, body: Mapping[str, Any]) -> Json:
        """Any operation that is not signed; the client id is added."""
        content = json.dumps({"ClientId": self._client_id, **body}).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{_TARGET}.{operation}",
        }
        answer = self._patience.send(
            lambda: self._client.post(self._url, content=content, headers=headers)
        )
        if answer.status_code == HTTPStatus.OK:
            said: Json = answer.json() if answer.content else {}
            return said
        raise _refusal(answer)


def _sign_in(result: Json, refresh_token: str) -> SignIn:
    return SignIn(
        str(result["AccessToken"]),
        str(result.get("IdToken", "")),
        str(refresh_token),
        float(result.get("ExpiresIn", _SHORTEST_LIFETIME)),
    )


def _refusal(answer: httpx.Response) -> CliError:
    try:
        said = answer.json()
        kind, message = str(said.get("__type", "")).rpartition("#")[2], str(said.get("message", ""))
    except (ValueError, AttributeError):
        kind, message = "", ""
    match kind:
        case "NotAuthorizedException" | "UserNotFoundException" | "RefreshTokenReuseException":
            return NotSignedIn(
                f"{message or 'The sign-in was refused.'} Run `shutterfeed login` and try again.",
                code=kind,
                status=answer.status_code,
            )
        case "CodeMismatchException" | "ExpiredCodeException":
            return NotSignedIn(
                "The code is wrong or has expired. Run `shutterfeed login` and try again.",
                code=kind,
                status=answer.status_code,
            )
        case "UserNotConfirmedException":
            return NotSignedIn(
                "The e-mail address is not confirmed yet: confirm it on the site.",
                code=kind,
                status=answer.status_code,
            )
        case "PasswordResetRequiredException":
            return NotSignedIn(
                "The password must be changed first: change it on the site.",
                code=kind,
                status=answer.status_code,
            )
    return Refused(
        f"The sign-in service answered {answer.status_code}: {message or kind or 'nothing more'}",
        code=kind,
        status=answer.status_code,
    )
