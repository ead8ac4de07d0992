package templates

// The paths of the pages that every publication has, below Site.Base.
const (
	HomePath        = "index.html"
	FindPath        = "find.html"
	LitePath        = "lite.html"
	UpdatesPath     = "updates.html"
	CorrectionsPath = "corrections.html"
	DataPath        = "data.html"
	AboutPath       = "about.html"
	StatusPath      = "status.html"
	EmbedPath       = "embed.html" // the page that builds codes for embedding
	NotFoundPath    = "404.html"
)

// The paths of files without a language, below Site.Root.
const (
	HeadFile        = "head.json"
	StatusFile      = "status.json"
	UpdatesFile     = "updates.json"
	CorrectionsFile = "corrections.json"
	SearchFile      = "search.json"
	SitemapFile     = "sitemap.xml"
	RobotsFile      = "robots.txt"
)
