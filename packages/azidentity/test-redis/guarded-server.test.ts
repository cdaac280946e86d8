import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { tokenStoreContract } from "@azidentity/testkit";
import { redisStore } from "azidentity/redis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { SINGLE } from "./clients.ts";
import { type RedisServer, startRedis, until } from "./redis-server.ts";
import { PATIENT, places } from "./store-place.ts";

const run = promisify(execFile);
const PASSWORD = randomUUID();

/** What docs/redis.md says is enough. */
const RIGHTS = [
	"~azidentity:*",
	"&azidentity:revoked",
	"-@all",
	"+get",
	"+set",
	"+del",
	"+pexpire",
	"+evalsha",
	"+eval",
	"+scan",
	"+publish",
	"+subscribe",
	"+unsubscribe",
	"+ping",
	"+client|setname",
	"+hello",
	"+auth",
	"+info",
	"+quit",
];

let server: RedisServer;
let ca: Buffer;
beforeAll(async () => {
	server = await startRedis(
		{
			config: [
				"port 0",
				"tls-port {port}",
				"tls-cert-file server.pem",
				"tls-key-file server.key",
				"tls-ca-cert-file server.pem",
				"tls-auth-clients no",
				`user service on >${PASSWORD} ${RIGHTS.join(" ")}`,
			],
			cli: ["--tls", "--cacert", "{folder}/server.pem"],
		},
		async (folder) => {
			const file = (name: string) => path.join(folder, name);
			await run("openssl", [
				...["req", "-x509", "-newkey", "ec"],
				...["-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
				...["-keyout", file("server.key"), "-out", file("server.pem")],
				...["-days", "1", "-subj", "/CN=127.0.0.1"],
				...["-addext", "subjectAltName=IP:127.0.0.1"],
			]);
			ca = await readFile(file("server.pem"));
		},
	);
});
afterAll(() => server?.close());

for (const [name, connect] of Object.entries(SINGLE))
	describe(`${name} over TLS, with a password and no more rights than it needs`, () => {
		const place = places(() =>
			connect({
				port: server.port,
				username: "service",
				password: PASSWORD,
				ca,
			}),
		);
		const prefix = () => `azidentity:${randomUUID()}`;
		tokenStoreContract("the store", () => place({ prefix: prefix() }));

		test("names and revocations come through", async () => {
			const here = place({ prefix: "azidentity" });
			const [one, other] = [here.open(), here.open()];
			const heard: string[] = [];
			other.invalidation?.listen(({ owner }) => heard.push(owner));
			await one.update({ cae: false, owner: "someone" }, () => "{}");
			const found = [];
			for await (const each of one.names?.() ?? []) found.push(each.owner);
			assert.deepEqual(found, ["someone"]);
			await until("it is heard", async () => {
				await one.invalidation?.announce({ cae: true, owner: "someone" });
				return heard.length > 0;
			});
		});
	});

test("a user without the rights costs a failure that says so, and no wait", async () => {
	const connected = await SINGLE["redis 6"]({
		port: server.port,
		username: "service",
		password: PASSWORD,
		ca,
	});
	const store = redisStore(connected.client, { ...PATIENT, prefix: "other" });
	await assert.rejects(store.read({ cae: false, owner: "x" }), /NOPERM/);
	await connected.close();
});
