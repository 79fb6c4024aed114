/** A file to download. Its checksum is part of the program: whoever serves it need not be trusted. */
export interface RemoteFile {
  /** Name in the download folder; somebody without network access can put the file there by hand. */
  readonly name: string;
  readonly location: { readonly url: string } | { readonly npmPackage: string; readonly version: string };
  readonly bytes: number;
  readonly checksum: { readonly algorithm: 'md5'; readonly hex: string } | { readonly integrity: string };
}
