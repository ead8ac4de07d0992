package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/heraldresults/herald/publish/shard"
)

// ErrNotFound says that there is no object under a key.
var ErrNotFound = errors.New("no such object")

// Fetch returns the uncompressed bytes of an object. It may be called by many
// at once.
type Fetch func(ctx context.Context, key string) ([]byte, error)

// maxObject bounds one object, in bytes, after decompression.
const maxObject = shard.MaxSize

// HTTP fetches from a site, whose address ends where keys begin:
// "https://results.example/". It follows no redirect to another host.
func HTTP(client *http.Client, site string) Fetch {
	if client == nil {
		client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	}
	site = strings.TrimSuffix(site, "/") + "/"
	return func(ctx context.Context, key string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, site+key, nil)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: %w", key, err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: %w", key, err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxObject+1))
		switch {
		case err != nil:
			return nil, fmt.Errorf("fetch %s: %w", key, err)
		case resp.StatusCode == http.StatusNotFound:
			return nil, fmt.Errorf("fetch %s: %w", key, ErrNotFound)
		case resp.StatusCode != http.StatusOK:
			return nil, fmt.Errorf("fetch %s: the server answered %s", key, resp.Status)
		case len(body) > maxObject:
			return nil, fmt.Errorf("fetch %s: more than %d bytes", key, maxObject)
		}
		return inflate(key, body)
	}
}

// Dir fetches from the folder of a folder store.
func Dir(root string) Fetch {
	return func(_ context.Context, key string) ([]byte, error) {
		r, err := os.OpenRoot(root)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		defer r.Close()
		body, err := r.ReadFile(filepath.FromSlash(key))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read %s: %w", key, ErrNotFound)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		return inflate(key, body)
	}
}

// inflate unpacks stored bytes; a client that asked for gzip by itself, and
// the head, come unpacked.
func inflate(key string, body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	raw, err := shard.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return raw, nil
}
