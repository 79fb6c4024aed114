// @ts-check
/** Opens a folder in the desktop VS Code, where there is one. */
import process from 'node:process';
import { findOnPath, isRoot, runVisibly } from './childProcess.mjs';

/**
 * @returns {{ path: string } | { path: null, reason: string }} The `code` command, or why the desktop VS Code cannot be used.
 */
export function findDesktopCode() {
  const path = findOnPath('code');
  if (!path) return { path: null, reason: 'there is no `code` on PATH' };
  if (isRoot) return { path: null, reason: 'the desktop VS Code does not start as root' };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { path: null, reason: 'there is no display' };
  return { path };
}

/**
 * @param {string} code The `code` command. @param {{ folder: string, extension: string }} options
 * @returns {Promise<number>} Exit code.
 */
export function openDesktopCode(code, { folder, extension }) {
  return runVisibly(code, [`--extensionDevelopmentPath=${extension}`, folder]);
}
