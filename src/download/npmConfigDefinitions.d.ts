/** npm's own list of settings, which the type package leaves out. */
declare module '@npmcli/config/lib/definitions' {
  import type Config from '@npmcli/config';

  export const definitions: Config.DefinitionsObject;
  export const shorthands: Config.ShortFlags;
  export const flatten: NonNullable<Config.Options['flatten']>;
}
