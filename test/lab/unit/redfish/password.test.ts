import assert from "node:assert/strict";
import { patient } from "./support/lab-redfish";
import {
  type Asked,
  PASSWORD,
  PATHS,
  plainScript,
  type Script,
  startScripted,
  stopScripted,
} from "./support/scripted-bmc";

const basic = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
const carries = ({ headers, body }: Asked): boolean => headers.authorization === basic || body?.Password === PASSWORD;

const CALM = "No further login is tried in this run, so that the account does not become locked";

/** Without sessions, Basic authentication is what is left; `answer` is what it meets. */
const withoutSessions = (answer: (asked: Asked) => object): Script => ({
  ...plainScript(),
  [`POST ${PATHS.sessions}`]: undefined,
  "GET /redfish/v1/Systems": answer,
  "GET /redfish/v1/Systems/1": answer,
  [`GET ${PATHS.bios}`]: answer,
});

describe("Redfish client: a password that was never let in", () => {
  afterEach(stopScripted);
  for (const status of [500, 502, 504]) {
    it(`goes out twice at most where the login is answered with ${status}, however often somebody asks`, async () => {
      const { redfish, asked } = await startScripted({ ...plainScript(), [`POST ${PATHS.sessions}`]: { status } });
      for (let time = 0; time < 3; time += 1) {
        await assert.rejects(redfish.readBios(undefined, patient()), {
          phase: "refused",
          message: `node7: read the BIOS settings: the login was answered with HTTP ${status}; try again later, or reset the BMC where it stays so. ${CALM}`,
        });
      }
      assert.equal(asked.filter(carries).length, 2);
    });
  }

  it("goes out twice at most where the login has no answer", async () => {
    const silent = () => new Promise(() => undefined);
    const { redfish, asked } = await startScripted(
      { ...plainScript(), [`POST ${PATHS.sessions}`]: silent },
      { requestMs: 100 },
    );
    for (let time = 0; time < 2; time += 1) {
      await assert.rejects(redfish.readBios(undefined, patient()), {
        phase: "timeout",
        message: new RegExp(`${CALM}$`),
      });
    }
    assert.equal(asked.filter(carries).length, 2);
  });

  it("is sent again to a BMC that says it is busy, and to one that fails once", async () => {
    for (const statuses of [[503, 503, 429], [500]]) {
      const script = plainScript();
      const made = script[`POST ${PATHS.sessions}`];
      const answer = () => {
        const status = statuses.shift();
        return status === undefined ? made : { status, headers: { "retry-after": "0" } };
      };
      const { redfish } = await startScripted({ ...script, [`POST ${PATHS.sessions}`]: answer });
      assert.ok(await redfish.readBios(undefined, patient()));
    }
  });

  it("goes out once by Basic authentication, however many ask at the same moment", async () => {
    const { redfish, asked } = await startScripted(withoutSessions(() => ({ status: 401 })));
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(() => redfish.readBios(undefined, patient())));
    for (const result of results) {
      assert.equal(result.status === "rejected" && result.reason.phase, "authenticate");
    }
    assert.equal(asked.filter(({ headers }) => headers.authorization === basic).length, 1);
  });
});

describe("Redfish client: a password that does not hold any more", () => {
  afterEach(stopScripted);
  it("goes out once by Basic authentication, also where others wait to send it", async () => {
    const script = plainScript();
    let holds = true;
    const { redfish, asked } = await startScripted(
      withoutSessions(({ path }) => (holds ? { body: script[path] } : { status: 401 })),
    );
    assert.ok(await redfish.readBios(undefined, patient()));
    holds = false;
    const before = asked.filter(carries).length;
    const results = await Promise.allSettled([1, 2, 3].map(() => redfish.readBios(undefined, patient())));
    assert.ok(results.every((result) => result.status === "rejected" && result.reason.phase === "authenticate"));
    assert.equal(asked.filter(carries).length - before, 1);
  });
});
