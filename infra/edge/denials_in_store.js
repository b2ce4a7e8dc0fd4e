import cf from 'cloudfront';

// What is denied is in the key-value store of this function, by the ids of media and blobs.
const store = cf.kvs();

async function isDenied(id) {
  return store.exists(id);
}
