import { CredentialUnavailableError } from "../errors.ts";
import type { Identity, IdentityKind } from "./identity.ts";

const KINDS: readonly IdentityKind[] = ["clientId", "resourceId", "objectId"];

/**
 * The identity that the options name; undefined for the system-assigned one. Values are not shown: arguments get
 * mixed up, and one of them may be a secret.
 * @throws TypeError when they name more than one, or one by what is no text.
 * @throws CredentialUnavailableError when the id is empty. It must not fall back to another identity.
 */
export function identityFrom(
	credentialName: string,
	options: Readonly<Partial<Record<IdentityKind, unknown>>>,
): Identity | undefined {
	const given = KINDS.filter(
		(kind) => options[kind] !== undefined && options[kind] !== null,
	);
	if (given.length > 1)
		throw new TypeError(
			`${credentialName}: only one of clientId, resourceId and objectId can be passed, and there are ${given.length}: ${given.join(" and ")}. Leave out all but one.`,
		);
	const [kind] = given;
	if (kind === undefined) return undefined;
	const id = options[kind];
	if (typeof id !== "string")
		throw new TypeError(
			`${credentialName}: the argument ${kind} must be a string.`,
		);
	if (id.trim() !== "") return { kind, id: id.trim() };
	throw new CredentialUnavailableError(
		`${credentialName}: the argument ${kind} is empty. Pass a value for it, or leave it out for the system-assigned identity.`,
	);
}
