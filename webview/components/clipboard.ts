/** Texts and pictures for the clipboard. */

/** Says in the page whether it worked, for eyes and screen readers. */
export async function copyText(text: string, what: string): Promise<void> {
  await tell(navigator.clipboard.writeText(text), what);
}

export async function copyPicture(canvas: HTMLCanvasElement, what: string): Promise<void> {
  const picture = new Promise<Blob>((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The picture is empty.'));
    });
  });
  await tell(navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]), what);
}

async function tell(copying: Promise<void>, what: string): Promise<void> {
  const note = noteElement();
  try {
    await copying;
    note.textContent = `Copied ${what}.`;
  } catch (error) {
    note.textContent = `Could not copy ${what}: ${error instanceof Error ? error.message : String(error)}`;
  }
  note.hidden = false;
  setTimeout(() => {
    note.hidden = true;
  }, 4000);
}

function noteElement(): HTMLElement {
  const existing = document.getElementById('note');
  if (existing) return existing;
  const note = document.createElement('div');
  note.id = 'note';
  note.setAttribute('role', 'status');
  document.documentElement.append(note);
  return note;
}
