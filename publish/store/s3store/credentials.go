package s3store

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Credentials returns those in the environment variables PREFIX_ACCESS_KEY_ID,
// PREFIX_SECRET_ACCESS_KEY and PREFIX_SESSION_TOKEN. With the prefix "AWS" and
// none set it returns those of AWS's own chain (shared files, the role of the
// machine or container), which are renewed before they end.
func Credentials(ctx context.Context, prefix, region string) (aws.CredentialsProvider, error) {
	id, secret := os.Getenv(prefix+"_ACCESS_KEY_ID"), os.Getenv(prefix+"_SECRET_ACCESS_KEY")
	if id != "" && secret != "" {
		return credentials.NewStaticCredentialsProvider(id, secret, os.Getenv(prefix+"_SESSION_TOKEN")), nil
	}
	if prefix != "AWS" || id != "" || secret != "" {
		return nil, fmt.Errorf("S3 credentials: set %s_ACCESS_KEY_ID and %s_SECRET_ACCESS_KEY in the environment", prefix, prefix)
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, fmt.Errorf("S3 credentials: %w", err)
	}
	return aws.NewCredentialsCache(cfg.Credentials), nil
}
