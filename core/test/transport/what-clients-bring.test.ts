import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { anonymous } from "../../src/provider/provider.js";
import { boundAuth, boundHeaders } from "../pipeline/authorizer-fixture.js";
import { names, withAuth, withClient } from "./bringing-client.js";

const test = suite("what clients bring along");

for (const [what, list] of Object.entries({
  "with a credential": (origin: string) => [withAuth(origin)],
  "without one": (origin: string) => [{ uri: origin }],
})) {
  test(`identity headers are taken off ${what}, in every spelling, with one warning a name`, async () => {
    await withClient(list, async ({ send, warnings }) => {
      for (const _ of [1, 2]) {
        const brought = { "X-Remote-User": "eve", x_remote_user: "eve", "X.Remote.User": "eve", Keep: "me" };
        const seen = await send({ ...brought, "X-Auth-Request-Email": "eve@test", "X-HTTP-Method-Override": "DELETE" });
        assert.equal(
          names(seen).filter((name) => /remote|request|override/i.test(name)),
          [],
        );
        assert.is(seen.headers["keep"], "me");
      }
      const told = warnings();
      assert.is(told.length, 3, told.join("\n"));
      for (const name of ["X-Remote-User", "X-Auth-Request-Email", "X-HTTP-Method-Override"]) {
        assert.is(told.filter((message) => message.includes(` ${name} `)).length, 1, name);
      }
      assert.not.match(told.join(), "eve");
    });
  });
}

test("a plugin of the file may set an identity header; the client's own gives way to it", async () => {
  const identity = boundHeaders("h", () => ({ "X-Remote-User": "ann" }));
  await withClient(
    (uri) => [{ uri, headers: [identity] }],
    async ({ send }) => {
      const { headers } = await send({ "x-remote-user": "eve", X_Remote_User: "eve" });
      assert.is(headers["x-remote-user"], "ann");
      assert.is(headers["x_remote_user"], undefined);
    },
  );
});

test("to other servers everything goes as it is", async () => {
  await withClient(
    () => [withAuth("http://mlflow.test")],
    async ({ send, warnings }) => {
      const { headers } = await send({ "X-Remote-User": "me", "X-Auth-Token": "mine", Cookie: "a=1" });
      assert.equal([headers["x-remote-user"], headers["x-auth-token"], headers.cookie], ["me", "mine", "a=1"]);
      assert.equal(warnings(), []);
    },
  );
});

test("other headers with a credential go where the file has one, and pass where it has none", async () => {
  const brought = { "X-Auth-Token": "t", private_token: "t", "Proxy-Authorization": "t", "X-CSRF-Token": "c" };
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      const seen = await send({ ...brought, Authorization: "Bearer ambient" });
      assert.equal(
        names(seen).filter((name) => /token|auth/i.test(name)),
        ["X-CSRF-Token", "Authorization"],
      );
      // An ambient login is nothing out of the ordinary.
      assert.is(warnings().length, 3);
    },
  );
  await withClient(
    (uri) => [{ uri }],
    async ({ send, warnings }) => {
      const { headers } = await send(brought);
      assert.equal(
        [headers["x-auth-token"], headers["private_token"], headers["proxy-authorization"]],
        ["t", "t", "t"],
      );
      assert.equal(warnings(), []);
    },
  );
});

test("words written together say that a header has a credential, too, and what keeps other sites out or asks for a page passes", async () => {
  const brought =
    "AccessToken X-AuthToken Api_Token SessionToken X-ClientSecret MyPassword2 X-MyApiKey AccessKey XAuthorization";
  const passing = [
    "X-CSRFToken",
    "XSRFToken",
    "RequestVerificationToken",
    "X-NextPageToken",
    "Max-Token",
    "Traceparent",
  ];
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      const seen = await send(Object.fromEntries([...brought.split(" "), ...passing].map((name) => [name, "x"])));
      assert.equal(
        names(seen).filter((name) => seen.headers[name.toLowerCase()] === "x"),
        passing,
      );
      assert.is(warnings().length, brought.split(" ").length);
    },
  );
});

test("a request that goes bare on purpose carries none of the client's either", async () => {
  await withClient(
    (uri) => [{ uri, auth: [boundAuth("a", () => anonymous)], anonymous: true }],
    async ({ send }) => {
      const { headers } = await send({ "X-Auth-Token": "t", Cookie: "session=mine" });
      assert.equal([headers["x-auth-token"], headers.cookie], [undefined, undefined]);
    },
  );
});

test("ever new names are told up to a limit, and what may be a value is not told", async () => {
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      await send({ [`X-Remote-${"x".repeat(60)}`]: "a", Cookie: "with~mark=1" });
      for (const message of warnings()) assert.match(message, "whose name is not shown");
      for (let index = 0; index < 100; index++) await send({ Cookie: `c${index}=1` });
      const told = warnings().filter((message) => message.includes("cookie"));
      assert.is(told.length, 64);
      assert.match(told.at(-1) as string, "more of them are not told");
      await send({ "X-Remote-User": "eve" });
      assert.match(warnings().at(-1) as string, "X-Remote-User");
    },
  );
});

test.run();
