package feed

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// The limits of what is packed.
const (
	maxRatio   = 100     // of unpacked to packed bytes …
	freeOutput = 1 << 20 // … from this many bytes on
	maxEntries = 64      // of a zip, folders included
)

const (
	gzipMagic = "\x1f\x8b"
	zipMagic  = "PK\x03\x04" // before a file
	zipRecord = "PK\x01\x02" // before a record of the directory
	zipEnd    = "PK\x05\x06" // after the directory; an empty zip begins with it
)

// unpack returns what is inside a payload: its bytes as they are, or those of a
// gzip, or of the one expected entry of a zip. Everything happens in memory.
func unpack(p Payload, opts Options) ([]byte, error) {
	limit := opts.MaxBytes
	if limit <= 0 {
		limit = DefaultMaxBytes
	}
	if int64(len(p.Body)) > limit {
		return nil, p.Refuse("E_SIZE", "%d bytes, more than the %d allowed", len(p.Body), limit)
	}
	var body []byte
	var err error
	switch {
	case hasPrefix(p.Body, gzipMagic):
		body, err = gunzip(p, limit)
	case hasPrefix(p.Body, zipMagic), hasPrefix(p.Body, zipEnd):
		body, err = unzip(p, limit, opts)
	default:
		return p.Body, nil
	}
	if err != nil {
		return nil, err
	}
	if hasPrefix(body, gzipMagic) || hasPrefix(body, zipMagic) {
		return nil, p.Refuse("E_BOMB", "packed twice")
	}
	return body, nil
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

func gunzip(p Payload, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(p.Body))
	if err == nil {
		var body []byte
		said := int64(binary.LittleEndian.Uint32(p.Body[len(p.Body)-4:]))
		if body, err = readPacked(p, z, said, limit); err == nil {
			return body, nil
		}
	}
	return nil, damaged(p, "gzip", err)
}

// readPacked reads r, which says to hold so many bytes, to its end, or refuses
// with E_BOMB.
func readPacked(p Payload, r io.Reader, said, limit int64) ([]byte, error) {
	most := min(limit, max(freeOutput, maxRatio*int64(len(p.Body))))
	var body bytes.Buffer
	body.Grow(int(min(max(said, 0), most)) + bytes.MinRead)
	_, err := body.ReadFrom(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(body.Len()) <= most:
		return body.Bytes(), nil
	case most == limit:
		return nil, p.Refuse("E_BOMB", "%d bytes unpack to more than the %d allowed", len(p.Body), limit)
	}
	return nil, p.Refuse("E_BOMB", "%d bytes unpack to more than %d times as many", len(p.Body), maxRatio)
}

// damaged is the refusal for an error while unpacking.
func damaged(p Payload, kind string, err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	r = p.Refuse("E_CONTAINER", "damaged %s", kind)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r = p.Refuse("E_TRUNCATED", "the %s ends in the middle", kind)
	}
	r.Err = err
	return r
}

// unzip returns the one expected file in a zip.
func unzip(p Payload, limit int64, opts Options) ([]byte, error) {
	if opts.ZipEntry == "" {
		return nil, p.Refuse("E_CONTAINER", "zip where the format has none")
	}
	if !bytes.Contains(p.Body, []byte(zipEnd)) {
		return nil, p.Refuse("E_TRUNCATED", "the zip ends before its directory")
	}
	if n := bytes.Count(p.Body, []byte(zipRecord)); n > maxEntries {
		return nil, p.Refuse("E_ZIP", "%d entries, more than %d", n, maxEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(p.Body), int64(len(p.Body)))
	if err != nil {
		return nil, &Refusal{Code: "E_ZIP", Feed: p.Feed, File: p.Name, Text: "read the directory of a zip", Err: err}
	}
	entry, err := onlyEntry(p, z, opts)
	if err != nil {
		return nil, err
	}
	r, err := entry.Open()
	if err != nil {
		return nil, &Refusal{Code: "E_ZIP", Feed: p.Feed, File: p.Name, Field: entry.Name, Text: "open the entry of a zip", Err: err}
	}
	body, err := readPacked(p, r, int64(entry.UncompressedSize64), limit)
	if err != nil {
		return nil, damaged(p, "zip", err)
	}
	if crc32.ChecksumIEEE(body) != entry.CRC32 {
		return nil, p.Refuse("E_CONTAINER", "damaged zip: entry %s has another checksum", quote([]byte(entry.Name)))
	}
	return body, nil
}

// onlyEntry finds the file in a zip and refuses everything that could be read
// in two ways or was made to climb out of a folder.
func onlyEntry(p Payload, z *zip.Reader, opts Options) (*zip.File, error) {
	var found *zip.File
	for _, f := range z.File {
		refuse := func(text string) (*zip.File, error) {
			return nil, p.Refuse("E_ZIP", "entry %s %s", quote([]byte(f.Name)), text)
		}
		switch mode := f.Mode(); {
		case !plainEntryName(f.Name):
			return refuse("has a name that no file of a feed has")
		case f.Flags&1 != 0:
			return refuse("is encrypted")
		case mode.IsDir():
			continue
		case mode&fs.ModeType != 0:
			return refuse("is no plain file")
		}
		name := f.Name
		if opts.ZipOthers {
			name = path.Base(name)
		}
		if ok, err := path.Match(opts.ZipEntry, name); err != nil || !ok {
			if err == nil && opts.ZipOthers {
				continue
			}
			return refuse("where " + opts.ZipEntry + " is expected")
		}
		if found != nil {
			return refuse("is one too many beside " + string(quote([]byte(found.Name))))
		}
		found = f
	}
	if found == nil {
		return nil, p.Refuse("E_ZIP", "a zip without %s", opts.ZipEntry)
	}
	return found, nil
}

// plainEntryName reports whether name stays inside the folder it is read in,
// on every system.
func plainEntryName(name string) bool {
	if name == "" || !utf8.ValidString(name) || strings.ContainsAny(name, "\\:\x00") || name[0] == '/' {
		return false
	}
	for _, part := range strings.Split(strings.TrimSuffix(name, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
