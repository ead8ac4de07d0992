package s3store

import "testing"

func TestCredentialsComeFromTheVariablesOfTheirPrefix(t *testing.T) {
	t.Setenv("ARCHIVE_ACCESS_KEY_ID", "id")
	t.Setenv("ARCHIVE_SECRET_ACCESS_KEY", "secret")
	t.Setenv("ARCHIVE_SESSION_TOKEN", "token")
	provider, err := Credentials(t.Context(), "ARCHIVE", "auto")
	if err != nil {
		t.Fatal(err)
	}
	got, err := provider.Retrieve(t.Context())
	if err != nil || got.AccessKeyID != "id" || got.SecretAccessKey != "secret" || got.SessionToken != "token" {
		t.Errorf("key id %q, %v", got.AccessKeyID, err)
	}
}

func TestHalfAPairOfCredentialsIsAnError(t *testing.T) {
	for _, prefix := range []string{"AWS", "ARCHIVE"} {
		t.Setenv(prefix+"_ACCESS_KEY_ID", "id")
		t.Setenv(prefix+"_SECRET_ACCESS_KEY", "")
		if _, err := Credentials(t.Context(), prefix, "auto"); err == nil {
			t.Errorf("%s: accepted", prefix)
		}
	}
}
