// The page: a list that fills while the scan runs.
const { library } = window;
const [open, status, songs, cover] = ['open', 'status', 'songs', 'cover'].map((id) =>
  document.getElementById(id),
);

open.addEventListener('click', async () => {
  songs.replaceChildren();
  if ((await library.open()) !== undefined) status.value = 'Scanning…';
});

library.onScanned((message) => {
  if (message.error !== undefined) {
    status.value = message.error;
    return;
  }
  songs.append(...message.songs.map(line));
  if (message.done) status.value = `${songs.childElementCount} songs, ${message.failed} unreadable`;
  // Request the next part when this one is on the screen.
  else requestAnimationFrame(() => library.more());
});

function line({ path, title, artist }) {
  const item = document.createElement('li');
  // Text, never HTML: tags are untrusted.
  item.textContent = `${title ?? path} – ${artist ?? 'unknown'}`;
  item.addEventListener('click', async () => {
    const image = await library.cover(path);
    URL.revokeObjectURL(cover.src);
    cover.src = image === undefined ? '' : URL.createObjectURL(new Blob([image]));
  });
  return item;
}
