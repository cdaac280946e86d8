import {
	type AuthenticationRecord,
	checkedRecord,
} from "../authentication-record.ts";
import type { UserTokenGetterParts } from "./user-token-getter.ts";

/**
 * Who the program says it is, when it says so.
 * @throws TypeError when the record is none, or one of another client or cloud.
 */
export function recordOfCredential({
	client,
	credentialName,
	options,
}: UserTokenGetterParts): AuthenticationRecord | undefined {
	const given = options.authenticationRecord;
	if (given === undefined || given === null) return undefined;
	const record = checkedRecord(credentialName, given);
	const refuse = (what: string): never => {
		throw new TypeError(
			`${credentialName}: the option authenticationRecord is of another ${what}. Sign in with this credential to make one.`,
		);
	};
	if (record.clientId.toLowerCase() !== client.clientId.toLowerCase())
		return refuse("client (application)");
	if (record.authority !== "" && record.authority !== client.environment)
		return refuse("authority (cloud)");
	return record;
}
