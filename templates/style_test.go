package templates_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/heraldresults/herald/templates"
)

func asset(t *testing.T, name string) string {
	t.Helper()
	for _, f := range templates.Assets(nil) {
		if f.Name == name {
			return string(f.Body)
		}
	}
	t.Fatalf("no asset %s", name)
	return ""
}

// luminance is the relative luminance of "#rrggbb" (WCAG 2.2).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var c [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	l := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

// colours are the palettes of the style: [light, dark].
func colours(t *testing.T) [2]map[string]string {
	t.Helper()
	out := [2]map[string]string{{}, {}}
	css, _, _ := strings.Cut(asset(t, "herald.css"), "@media print")
	for _, m := range regexp.MustCompile(`(?:\.(s\d)\{)?--([a-z-]+):(#[0-9a-f]{3,6})`).FindAllStringSubmatch(css, -1) {
		name, value := m[1]+m[2], m[3]
		into := out[0]
		if _, again := into[name]; again {
			into = out[1]
		}
		into[name] = value
	}
	return out
}

func TestColoursHaveEnoughContrast(t *testing.T) {
	for i, palette := range colours(t) {
		if len(palette) != 17 {
			t.Fatalf("palette %d has %d colours: %v", i, len(palette), palette)
		}
		check := func(a, b string, least float64) {
			x, y := luminance(t, palette[a]), luminance(t, palette[b])
			if got := (max(x, y) + 0.05) / (min(x, y) + 0.05); got < least {
				t.Errorf("palette %d: %s on %s has contrast %.2f, want %.1f", i, a, b, got, least)
			}
		}
		for _, text := range []string{"ink", "soft", "link", "won"} {
			check(text, "paper", 4.5)
			check(text, "wash", 4.5)
		}
		check("warn", "warn-wash", 4.5)
		check("paper", "warn", 4.5)
		for line := range 5 {
			check(fmt.Sprintf("s%dc", line), "paper", 3)
		}
		check("bar", "line", 1.8)
		check("won", "line", 3)
	}
}
