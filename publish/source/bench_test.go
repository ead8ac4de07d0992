package source

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// BenchmarkRescanOfAQuietFolder is the cost of the rescan floor: 11,138 files
// in 26 sub-folders, none of which changed.
func BenchmarkRescanOfAQuietFolder(b *testing.B) {
	dir := b.TempDir()
	old := time.Now().Add(-time.Minute)
	for i := range 11_138 {
		name := fmt.Sprintf("%s/%02d/%05d.json", dir, i%26, i)
		if i < 26 {
			if err := os.Mkdir(fmt.Sprintf("%s/%02d", dir, i), 0o755); err != nil {
				b.Fatal(err)
			}
		}
		if err := os.WriteFile(name, []byte(name), 0o644); err != nil {
			b.Fatal(err)
		}
		if err := os.Chtimes(name, old, old); err != nil {
			b.Fatal(err)
		}
	}
	f, err := NewFolder(FolderConfig{Feed: "bench", Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for more := true; more; {
		batch, err := f.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		more = batch.More
	}
	for b.Loop() {
		f.scan()
	}
	if len(f.queue) > 0 {
		b.Errorf("%d files were found changed", len(f.queue))
	}
}
