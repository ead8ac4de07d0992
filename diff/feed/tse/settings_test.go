package tse

import (
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

func TestOnlyTheElectionsChosenAreTaken(t *testing.T) {
	for elections, code := range map[string]string{"619": "", "426, 0619": "", "620": "E_IDENTITY"} {
		d := decoderWith(t, map[string]string{"elections": elections})
		for name, body := range map[string]string{mayorName: mayor, "mun-e000619-cm.json": towns, "sp-e000619-ab.json": progressSP} {
			_, err := d.Decode(feed.Payload{Name: name, Body: []byte(body)})
			if got := codeOf(err); got != code {
				t.Errorf("elections %q, %s: %v, want %q", elections, name, err, code)
			}
		}
	}
}

func TestWrongSettingsAreErrorsInTheOperatorsWords(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"elections", "6257;6259", `setting elections: "6257;6259" is not a list of codes, which are digits between commas`},
		{"offices", "", `setting offices: "" is not a list of codes, which are digits between commas`},
		{"levels", "br,country", `setting levels: "country" is none of br, uf, mu, zona`},
		{"level", "br", `format tse has no setting "level"`},
	} {
		_, err := Format().New(feed.Options{Settings: map[string]string{c.name: c.value}})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s = %q: %v, want %s", c.name, c.value, err, c.want)
		}
	}
}

func decoderWith(t testing.TB, settings map[string]string) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
