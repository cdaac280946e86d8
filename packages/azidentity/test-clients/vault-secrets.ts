import { randomBytes } from "node:crypto";

/** What a vault was asked, and what it answers: a status, and a body unless there is none. */
export interface VaultCall {
	readonly method: string;
	readonly url: URL;
	readonly body: Record<string, unknown>;
}
export type VaultAnswer = readonly [status: number, body?: object];

type Version = Record<string, unknown> & { id: string; attributes: object };
type Versions = readonly [Version, ...Version[]];

/**
 * The secrets of a vault that can be taken back after they were deleted, as Key Vault's REST interface has them; and one
 * key, for who looks for keys, under whatever name.
 */
export function vaultSecrets(key: object) {
	const secrets = new Map<string, Versions>();
	const deleted = new Map<string, Versions>();

	const routes: Readonly<
		Record<string, (call: VaultCall, name: string, part: string) => VaultAnswer>
	> = {
		"GET secrets": (_, name, part) => {
			if (name === "") return listed([...secrets.values()].map(newest));
			if (part === "versions") return listed(secrets.get(name));
			return found(versionOf(secrets.get(name), part));
		},
		"GET keys": ({ url }, name) => {
			const kid = `${url.origin}/keys/${name || "a-key"}/1`;
			const attributes = {};
			if (name === "") return listed([{ kid, attributes }]);
			return [200, { key: { ...key, kid }, attributes }];
		},
		"PUT secrets": ({ url, body }, name) => {
			const version = newVersion(`${url.origin}/secrets/${name}`, body);
			secrets.set(name, [version, ...(secrets.get(name) ?? [])]);
			return [200, version];
		},
		"PATCH secrets": ({ body }, name, part) => {
			const version = versionOf(secrets.get(name), part);
			return found(version && Object.assign(version, changes(version, body)));
		},
		"DELETE secrets": ({ url }, name) => {
			if (!move(name, secrets, deleted)) return NOT_FOUND;
			return [200, asDeleted(url, name, deleted.get(name))];
		},
		"GET deletedsecrets": ({ url }, name) => {
			const all = [...deleted].map(([each, versions]) =>
				asDeleted(url, each, versions),
			);
			if (name === "") return listed(all);
			return found(
				all.find(({ recoveryId }) => recoveryId.endsWith(`/${name}`)),
			);
		},
		"POST deletedsecrets": (_, name) =>
			move(name, deleted, secrets)
				? found(versionOf(secrets.get(name), ""))
				: NOT_FOUND,
		"DELETE deletedsecrets": (_, name) =>
			deleted.delete(name) ? [204] : NOT_FOUND,
	};

	return {
		answer(call: VaultCall): VaultAnswer {
			const [collection = "", name = "", part = ""] = call.url.pathname
				.slice(1)
				.split("/");
			const route = routes[`${call.method} ${collection}`];
			return route === undefined ? NOT_FOUND : route(call, name, part);
		},
	};
}

const NOT_FOUND: VaultAnswer = [
	404,
	{ error: { code: "SecretNotFound", message: "There is no such secret." } },
];

const found = (body: object | undefined): VaultAnswer =>
	body === undefined ? NOT_FOUND : [200, body];

/** A page with everything; lists never show the values. */
const listed = (items: readonly object[] | undefined): VaultAnswer =>
	found(
		items && {
			value: items.map((item) => ({ ...item, value: undefined })),
			nextLink: null,
		},
	);

const newest = ([version]: Versions) => version;

/** By its id; the newest by none. */
const versionOf = (versions: Versions | undefined, id: string) =>
	id === ""
		? versions?.[0]
		: versions?.find((version) => version.id.endsWith(`/${id}`));

function newVersion(address: string, body: Record<string, unknown>): Version {
	const moment = Math.floor(Date.now() / 1_000);
	return {
		...body,
		id: `${address}/${randomBytes(16).toString("hex")}`,
		attributes: {
			enabled: true,
			created: moment,
			updated: moment,
			recoveryLevel: "Recoverable+Purgeable",
			...(body.attributes as object | undefined),
		},
	};
}

const changes = (version: Version, body: Record<string, unknown>) => ({
	...body,
	attributes: { ...version.attributes, ...(body.attributes as object) },
});

const asDeleted = (url: URL, name: string, versions: Versions | undefined) => ({
	...versions?.[0],
	recoveryId: `${url.origin}/deletedsecrets/${name}`,
	deletedDate: Math.floor(Date.now() / 1_000),
	scheduledPurgeDate: Math.floor(Date.now() / 1_000) + 90 * 24 * 60 * 60,
});

function move(
	name: string,
	from: Map<string, Versions>,
	to: Map<string, Versions>,
): boolean {
	const versions = from.get(name);
	if (versions === undefined) return false;
	from.delete(name);
	to.set(name, versions);
	return true;
}
