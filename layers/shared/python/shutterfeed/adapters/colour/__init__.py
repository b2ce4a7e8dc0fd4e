"""The colours of photos: what a file says of them, and how they become sRGB as in browsers."""
