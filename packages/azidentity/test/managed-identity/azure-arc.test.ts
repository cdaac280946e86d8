import assert from "node:assert/strict";
import { inspect } from "node:util";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import { arcAgent, challenge, KEY } from "./arc-agent.ts";
import { CLIENT_ID, failureOf, VAULT } from "./azure-host.ts";

const agent = arcAgent();

describe("The agent of Azure Arc is shown that its key file can be read", () => {
	test.each([
		["plainly", (file: string) => `Basic realm=${file}`],
		["in quotes", (file: string) => `Basic realm="${file}"`],
		["in any case", (file: string) => `BASIC Realm=${file}`],
	])("when it names it %s", async (_, header) => {
		agent.host.answers(challenge(header(agent.keyFile(KEY))));
		const { token } = await agent.credential().getToken(VAULT);
		assert.equal(token, "token-1");
		const [first, second] = agent.host.seen;
		assert.equal(agent.host.seen.length, 2);
		assert.equal(first?.headers.authorization, undefined);
		assert.equal(second?.headers.authorization, `Basic ${KEY}`);
		assert.equal(second?.headers.metadata, "true");
		assert.equal(second?.search, first?.search);
	});

	test.each(["\n", "\r\n", "\n\n"])(
		"without the line break %j at its end",
		async (end) => {
			agent.host.answers(challenge(`Basic realm=${agent.keyFile(KEY + end)}`));
			await agent.credential().getToken(VAULT);
			assert.equal(agent.host.seen[1]?.headers.authorization, `Basic ${KEY}`);
		},
	);

	test("up to 4,096 bytes", async () => {
		const key = "k".repeat(4_096);
		agent.host.answers(challenge(`Basic realm=${agent.keyFile(key)}`));
		await agent.credential().getToken(VAULT);
		assert.equal(agent.host.seen[1]?.headers.authorization, `Basic ${key}`);
	});

	test("anew for each token", async () => {
		const managed = agent.credential();
		for (const name of ["one.key", "two.key"]) {
			agent.host.answers(challenge(`Basic realm=${agent.keyFile(name, name)}`));
			await managed.getToken(`api://${name}`);
		}
		assert.equal(agent.host.seen[3]?.headers.authorization, "Basic two.key");
	});

	test("and not at all when it does not ask", async () => {
		assert.ok(await agent.credential().getToken(VAULT));
		assert.equal(agent.host.seen.length, 1);
	});

	test("a second challenge is a refusal", async () => {
		const answer = challenge(`Basic realm=${agent.keyFile(KEY)}`);
		agent.host.answers(answer, answer);
		const error = await failureOf(agent.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.statusCode, 401);
		assert.equal(agent.host.seen.length, 2);
		assert.ok(!inspect(error).includes(KEY));
	});
});

describe("A user-assigned identity must be named back", () => {
	test.each([
		["clientId", { client_id: CLIENT_ID }],
		["clientId", { client_id: CLIENT_ID.toUpperCase() }],
		["objectId", { object_id: CLIENT_ID }],
		["resourceId", { msi_res_id: CLIENT_ID }],
		["resourceId", { mi_res_id: CLIENT_ID }],
	])("%s by %j", async (kind, echo) => {
		const file = agent.keyFile(KEY);
		agent.host.answers(
			challenge(`Basic realm=${file}`),
			agent.host.token(echo),
		);
		assert.ok(await agent.credential({ [kind]: CLIENT_ID }).getToken(VAULT));
	});

	test.each([
		["clientId", {}],
		["clientId", { client_id: "another" }],
		["clientId", { object_id: CLIENT_ID }],
		["objectId", { client_id: CLIENT_ID }],
		["resourceId", { msi_res_id: 7 }],
	])(
		"else the agent is too old for it, and the token is neither handed out nor kept: %s, %j",
		async (kind, echo) => {
			const managed = agent.credential({ [kind]: CLIENT_ID });
			for (const directly of [false, true]) {
				const file = agent.keyFile(KEY);
				if (!directly) agent.host.answers(challenge(`Basic realm=${file}`));
				agent.host.answers(agent.host.token(echo));
				const error = await failureOf(managed.getToken(VAULT));
				assert.ok(error instanceof AuthenticationError);
				assert.equal(error.errorResponse.error, "identity_mismatch");
				assert.match(error.message, /another identity.*update/);
			}
		},
	);

	test("one that is not there stays a refusal of the agent", async () => {
		agent.host.answers(challenge(`Basic realm=${agent.keyFile(KEY)}`), {
			status: 404,
			body: { error: "not_found", error_description: "No such identity" },
		});
		const managed = agent.credential({ clientId: CLIENT_ID });
		const error = await failureOf(managed.getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.statusCode, 404);
		assert.match(error.message, /No such identity/);
	});
});

test.each(["freebsd", "win32"])(
	"on %s, where nothing says where keys are, no file is read",
	async (platform) => {
		const original = process.platform;
		const folder = process.env.ProgramData;
		process.env.ProgramData = "";
		Object.defineProperty(process, "platform", { value: platform });
		try {
			const managed = agent.host.credential({ arcFiles: undefined } as object);
			agent.host.answers(challenge(`Basic realm=${agent.keyFile(KEY)}`));
			const error = await failureOf(managed.getToken(VAULT));
			assert.match(error.message, /known on Linux only.*ProgramData/);
			assert.equal(agent.host.seen.length, 1);
		} finally {
			Object.defineProperty(process, "platform", { value: original });
			if (folder === undefined) delete process.env.ProgramData;
			else process.env.ProgramData = folder;
		}
	},
);
