// Runs at the edge before the cache, with every request for media: it lets through only links whose
// token is good. `domain/links.py` makes the tokens.
import crypto from 'crypto';
// @DENIALS@

const KEYS = '@KEYS@'.split(',');
const PATH = /^\/media\/([0-9A-Z]{26})\/[0-9a-z_-]+\.[0-9a-z]+$/;
const MEDIUM = /^[0-9A-Z]{26}$/;
const EVIDENCE = '00000000000000000000000000';
const EXPIRY = /^[0-9]{10}$/;
const SIGNATURE = /^[A-Za-z0-9_-]{22}$/;

async function handler(event) {
  const request = event.request;
  const path = PATH.exec(request.uri);
  const medium = given(request, 'm', MEDIUM);
  const expiry = given(request, 'e', EXPIRY);
  const signature = given(request, 's', SIGNATURE);
  if (!path || !medium || !expiry || !signature) return refused();
  if (Number(expiry) * 1000 <= Date.now()) return refused();
  const signed = path[1] + '/' + medium + '/' + expiry;
  if (!KEYS.some((key) => isSame(signatureOf(key, signed), signature))) return refused();
  // Moderators see what is denied: only the API, which signs, can name this medium.
  const denied = (await isDenied(medium)) || (await isDenied(path[1]));
  if (denied && medium !== EVIDENCE) return refused();
  // The cache knows a file by its path and medium, whatever token it was asked for with.
  request.querystring = { m: { value: medium } };
  return request;
}

// A parameter that is given once and looks as it should.
function given(request, name, pattern) {
  const parameter = request.querystring[name];
  if (!parameter || parameter.multiValue) return null;
  return pattern.test(parameter.value) ? parameter.value : null;
}

function signatureOf(key, text) {
  return crypto.createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
}

// Takes the same time wherever the two differ.
function isSame(one, other) {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}

function refused() {
  return {
    statusCode: 403,
    statusDescription: 'Forbidden',
    headers: { 'cache-control': { value: 'no-store' } },
  };
}
