/** Where a tenant's requests go. */
export interface Endpoints {
	readonly token: string;
	readonly authorization: string;
	readonly deviceAuthorization: string;
}
