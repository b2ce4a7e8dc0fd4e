/** A change of the address: at once, or with the code that Cognito sends to the new one. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

type Body = Record<string, unknown>;

/** A user pool that keeps the old address until the new one is proven, or takes the new at once. */
class Cognito {
  sendsCodes = true;
  address = "ann@old.example";
  unproven = "";
  readonly asked: string[] = [];

  answer(operation: string, body: Body): Response {
    this.asked.push(operation);
    assert.equal(body.AccessToken, "token");
    switch (operation) {
      case "UpdateUserAttributes":
        return this.#update(body.UserAttributes as { Name: string; Value: string }[]);
      case "VerifyUserAttribute":
        return this.#verify(body);
    }
    throw new Error(operation);
  }

  #update(attributes: { Name: string; Value: string }[]): Response {
    assert.deepEqual(
      attributes.map(({ Name }) => Name),
      ["email"],
    );
    const wanted = attributes[0]?.Value ?? "";
    if (!this.sendsCodes) {
      this.address = wanted;
      return Response.json({});
    }
    this.unproven = wanted;
    const sent = { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "a***@n***" };
    return Response.json({ CodeDeliveryDetailsList: [sent] });
  }

  #verify(body: Body): Response {
    assert.equal(body.AttributeName, "email");
    if (body.Code !== "123456") {
      return Response.json({ __type: "CodeMismatchException", message: "No." }, { status: 400 });
    }
    this.address = this.unproven;
    return Response.json({});
  }
}

let cognito: Cognito;

Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { reload: () => undefined } },
  localStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
  sessionStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, init?: RequestInit) => {
    if (url === "/config.json") return Response.json({ cognitoUrl: "http://cognito.test/" });
    const target = new Headers(init?.headers).get("X-Amz-Target") ?? "";
    return cognito.answer(target.split(".").pop() ?? "", JSON.parse(String(init?.body)) as Body);
  },
});

const { changeEmail, confirmEmail } = await import("../src/account.ts");
const held = { token: "token", email: "ann@old.example", hasSecondFactor: true };

beforeEach(() => {
  cognito = new Cognito();
});

test("a new address counts only once the code that was sent there is typed", async () => {
  assert.equal(await changeEmail(held, "ann@new.example"), null);
  assert.equal(cognito.address, "ann@old.example");

  const moved = await confirmEmail(held, "ann@new.example", "123456");

  assert.deepEqual(moved, { ...held, email: "ann@new.example" });
  assert.equal(cognito.address, "ann@new.example");
  assert.deepEqual(cognito.asked, ["UpdateUserAttributes", "VerifyUserAttribute"]);
});

test("a wrong code is told, and the right one is still good afterwards", async () => {
  await changeEmail(held, "ann@new.example");

  await assert.rejects(confirmEmail(held, "ann@new.example", "654321"), {
    code: "CodeMismatchException",
    message: "The code is wrong. Please check it.",
  });
  assert.equal(cognito.address, "ann@old.example");

  assert.equal((await confirmEmail(held, "ann@new.example", "123456")).email, "ann@new.example");
  assert.equal(cognito.address, "ann@new.example");
});

test("where no codes are sent, a new address counts at once", async () => {
  cognito.sendsCodes = false;

  assert.deepEqual(await changeEmail(held, "ann@new.example"), {
    ...held,
    email: "ann@new.example",
  });
  assert.deepEqual(cognito.asked, ["UpdateUserAttributes"]);
});
