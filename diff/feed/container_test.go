package feed

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"io/fs"
	"strings"
	"testing"
)

func packGzip(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packed is one entry of a made zip.
type packed struct {
	name, body string
	mode       fs.FileMode
	encrypted  bool
	stored     bool
}

func packZip(t testing.TB, entries ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.stored {
			h.Method = zip.Store
		}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		if e.encrypted {
			h.Flags |= 1
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPackedPayloadsAreReadInMemory(t *testing.T) {
	const text = "a;b\n"
	for name, body := range map[string][]byte{
		"plain":                  []byte(text),
		"gzip":                   packGzip(t, []byte(text)),
		"gzip of two members":    append(packGzip(t, []byte("a;")), packGzip(t, []byte("b\n"))...),
		"zip":                    packZip(t, packed{name: "detail.txt", body: text}),
		"zip that is not packed": packZip(t, packed{name: "detail.txt", body: text, stored: true}),
	} {
		got, err := Load(Payload{Body: body}, Options{ZipEntry: "*.txt"})
		if err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	inFolder := packZip(t, packed{name: "reports/", mode: fs.ModeDir | 0o755}, packed{name: "reports/detail.txt", body: text})
	got, err := Load(Payload{Body: inFolder}, Options{ZipEntry: "reports/*.txt"})
	if err != nil || string(got) != text {
		t.Errorf("zip with a folder: %q, %v", got, err)
	}
	r, err := OpenXML(Payload{Body: packZip(t, packed{name: "detail.xml", body: "<a>b</a>"})}, Options{ZipEntry: "detail.xml"})
	if err != nil || r.Text() != "b" {
		t.Errorf("XML in a zip: %v", err)
	}
	if _, err := OpenJSON(Payload{Body: packGzip(t, []byte("{}"))}, Options{}); err != nil {
		t.Errorf("JSON in gzip: %v", err)
	}
}

// spoil returns b with one byte changed, counted from the end when at is below
// zero.
func spoil(b []byte, at int) []byte {
	b = bytes.Clone(b)
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 0x55
	return b
}

func TestContainersThatAreNotOneExpectedFileAreRefused(t *testing.T) {
	text := strings.Repeat("town;12\n", 100)
	one := packed{name: "detail.txt", body: text}
	gz, zipped := packGzip(t, []byte(text)), packZip(t, one)
	tooMany := make([]packed, 65)
	for i := range tooMany {
		tooMany[i] = packed{name: strings.Repeat("d", i+1) + "/", mode: fs.ModeDir | 0o755}
	}
	badCRC := bytes.Clone(packZip(t, packed{name: "detail.txt", body: text, stored: true}))
	badCRC[len("PK..")+30+len("detail.txt")]++ // a letter of the text
	for name, c := range map[string]struct {
		body    []byte
		code    string
		pattern string
	}{
		"zip where there is none":       {zipped, "E_CONTAINER", ""},
		"empty zip where there is none": {packZip(t), "E_CONTAINER", ""},
		"cut gzip":                      {gz[:len(gz)/2], "E_TRUNCATED", "*.txt"},
		"gzip without its checksum":     {gz[:len(gz)-8], "E_TRUNCATED", "*.txt"},
		"wrong checksum":                {spoil(gz, -8), "E_CONTAINER", "*.txt"},
		"wrong length":                  {spoil(gz, -1), "E_CONTAINER", "*.txt"},
		"something after a gzip":        {append(bytes.Clone(gz), "more than a header"...), "E_CONTAINER", "*.txt"},
		"unknown method of a gzip":      {spoil(gz, 2), "E_CONTAINER", "*.txt"},
		"cut zip":                       {zipped[:len(zipped)-30], "E_TRUNCATED", "*.txt"},
		"wrong checksum in a zip":       {badCRC, "E_CONTAINER", "*.txt"},
		"damaged directory":             {spoil(zipped, -len("detail.txt")-22-46), "E_ZIP", "*.txt"},
		"empty zip":                     {packZip(t), "E_ZIP", "*.txt"},
		"only a folder":                 {packZip(t, packed{name: "a/", mode: fs.ModeDir | 0o755}), "E_ZIP", "*.txt"},
		"another name":                  {zipped, "E_ZIP", "*.xml"},
		"a name in a folder":            {packZip(t, packed{name: "a/detail.txt", body: text}), "E_ZIP", "*.txt"},
		"a further file":                {packZip(t, one, packed{name: "readme.md"}), "E_ZIP", "*.txt"},
		"a second feed":                 {packZip(t, one, packed{name: "other.txt"}), "E_ZIP", "*.txt"},
		"a name twice":                  {packZip(t, one, one), "E_ZIP", "*.txt"},
		"a name that climbs":            {packZip(t, packed{name: "../../etc/cron.d/x.txt"}), "E_ZIP", "*/*/*/*/*"},
		"a folder that climbs":          {packZip(t, one, packed{name: "../"}), "E_ZIP", "*.txt"},
		"an absolute name":              {packZip(t, packed{name: "/detail.txt"}), "E_ZIP", "/*.txt"},
		"a name of a drive":             {packZip(t, packed{name: "c:detail.txt"}), "E_ZIP", "*.txt"},
		"a name with a backslash":       {packZip(t, packed{name: `..\detail.txt`}), "E_ZIP", "*.txt"},
		"a symbolic link":               {packZip(t, packed{name: "detail.txt", body: "/etc/passwd", mode: fs.ModeSymlink | 0o777}), "E_ZIP", "*.txt"},
		"encryption":                    {packZip(t, packed{name: "detail.txt", body: text, encrypted: true}), "E_ZIP", "*.txt"},
		"65 folders":                    {packZip(t, tooMany...), "E_ZIP", "*.txt"},
		"gzip in a gzip":                {packGzip(t, gz), "E_BOMB", "*.txt"},
		"zip in a gzip":                 {packGzip(t, zipped), "E_BOMB", "*.txt"},
		"zip in a zip":                  {packZip(t, packed{name: "detail.txt", body: string(zipped)}), "E_BOMB", "*.txt"},
		"gzip beyond the limit":         {packGzip(t, bytes.Repeat([]byte(text), 5000)), "E_BOMB", "*.txt"},
		"zip beyond the limit":          {packZip(t, packed{name: "detail.txt", body: strings.Repeat(text, 5000)}), "E_BOMB", "*.txt"},
		"packed beyond the limit":       {make([]byte, 3<<20+1), "E_SIZE", "*.txt"},
		"UTF-16 in a gzip":              {packGzip(t, []byte("\xff\xfea\x00")), "E_ENCODING", "*.txt"},
		"nothing in a gzip":             {packGzip(t, nil), "E_EMPTY", "*.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Payload{Feed: "f", Name: "x.zip", Body: c.body}
			_, err := Load(p, Options{MaxBytes: 3 << 20, ZipEntry: c.pattern})
			if r := refusal(t, err); r.Code != c.code || r.File != "x.zip" {
				t.Errorf("got %v, want %s", r, c.code)
			}
		})
	}
}

func TestMoreThanAHundredTimesThePackedBytesIsABombWhenItIsLarge(t *testing.T) {
	small, large := make([]byte, freeOutput), make([]byte, 4*freeOutput)
	for i := range large {
		large[i] = 'x'
	}
	copy(small, large)
	if _, err := Load(Payload{Body: packGzip(t, small)}, Options{}); err != nil {
		t.Errorf("1 MiB: %v", err)
	}
	r := refusal(t, func() error { _, err := Load(Payload{Body: packGzip(t, large)}, Options{}); return err }())
	if r.Code != "E_BOMB" || !strings.Contains(r.Text, "100 times") {
		t.Errorf("4 MiB: %v, want E_BOMB by its ratio", r)
	}
}

// A zip may state no checksum at all for its entry; it is compared all the same.
func TestAZipWithoutAChecksumIsRefused(t *testing.T) {
	body := packZip(t, packed{name: "a.txt", body: "town;12\n", stored: true})
	sum := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte("town;12\n")))
	body = bytes.ReplaceAll(body, sum, make([]byte, 4))
	_, err := Load(Payload{Body: body}, Options{ZipEntry: "*.txt"})
	if r := refusal(t, err); r.Code != "E_CONTAINER" {
		t.Errorf("got %v, want E_CONTAINER", r)
	}
}

// FuzzLoad holds that whatever comes, text is valid and bounded, or there is a
// refusal and no text.
func FuzzLoad(f *testing.F) {
	one := packed{name: "a.txt", body: "town;12\n"}
	f.Add([]byte("town;12\n"), true)
	f.Add(packGzip(f, []byte("Jos\xe9")), true)
	f.Add(packZip(f, one), false)
	f.Add(packZip(f, one, packed{name: "../b"}), false)
	f.Add([]byte("\xff\xfe"), false)
	f.Fuzz(func(t *testing.T, body []byte, latin bool) {
		opts := Options{MaxBytes: 1 << 21, ZipEntry: "*.txt"}
		if latin {
			opts.Encodings = []Encoding{UTF8, ISO8859_1, Windows1252}
		}
		got, err := Load(Payload{Body: body}, opts)
		if err != nil {
			if refusal(t, err); got != nil {
				t.Errorf("refused, yet %d bytes", len(got))
			}
			return
		}
		if !bytes.Equal(bytes.ToValidUTF8(got, nil), got) || controlByte(got) >= 0 || len(got) > 3<<21 {
			t.Errorf("%d bytes, not clean text", len(got))
		}
	})
}
