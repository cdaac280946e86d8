/** Azure's instance metadata service: link-local, so it exists on this machine only. */
const IMDS = "http://169.254.169.254";

/**
 * The address of something at the instance metadata service, or at what stands in its place
 * (AZURE_POD_IDENTITY_AUTHORITY_HOST).
 * @param path With its leading slash.
 */
export function imdsUrl(path: string): string {
	const root = process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST || IMDS;
	return root.replace(/\/+$/, "") + path;
}
