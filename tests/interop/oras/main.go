// A client of the oras-go library, one verb for each thing that programs built on it (oras, helm, notation) do with a
// registry. tests/interop/oras_test.py runs it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/file"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"
)

const usage = `oras-client [-plain-http] -config FILE VERB ARGUMENT…
  login HOST USER            the password comes on standard input
  push REFERENCE TYPE FILE…  an artifact of these files; prints its digest
  push-layout REFERENCE DIR TAG  an image or index of an OCI layout
  pull REFERENCE DIR         the files of an artifact
  copy FROM TO               between repositories, mounting where that is possible
  attach REFERENCE TYPE FILE an artifact about another; prints its digest
  discover REFERENCE         prints the referrers: digest and type
  tags REPOSITORY
  repositories HOST
  delete REFERENCE
  seek REPOSITORY DIGEST OFFSET LENGTH  prints this part of a blob`

type client struct {
	plainHTTP bool
	store     credentials.Store
}

type verb struct {
	arguments int // at least
	run       func(c *client, ctx context.Context, arguments []string) error
}

var verbs = map[string]verb{
	"login": {2, (*client).login}, "push": {3, (*client).push}, "push-layout": {3, (*client).pushLayout},
	"pull": {2, (*client).pull}, "copy": {2, (*client).copy}, "attach": {3, (*client).attach},
	"discover": {1, (*client).discover}, "tags": {1, (*client).tags}, "repositories": {1, (*client).repositories},
	"delete": {1, (*client).delete}, "seek": {4, (*client).seek},
}

func main() {
	plainHTTP := flag.Bool("plain-http", false, "")
	config := flag.String("config", "", "the file that keeps logins")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	flag.Parse()
	chosen, known := verbs[flag.Arg(0)]
	if !known || flag.NArg() <= chosen.arguments || *config == "" {
		flag.Usage()
		os.Exit(2)
	}
	store, err := credentials.NewStore(*config, credentials.StoreOptions{AllowPlaintextPut: true})
	if err == nil {
		c := &client{plainHTTP: *plainHTTP, store: store}
		err = chosen.run(c, context.Background(), flag.Args()[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func (c *client) authorized() *auth.Client {
	return &auth.Client{Client: retry.DefaultClient, Cache: auth.NewCache(), Credential: credentials.Credential(c.store)}
}

func (c *client) repository(reference string) (*remote.Repository, error) {
	repository, err := remote.NewRepository(reference)
	if err != nil {
		return nil, err
	}
	repository.PlainHTTP = c.plainHTTP
	repository.Client = c.authorized()
	// An answer of 404 must fail: this client is about the referrers API, not about the tags that stand in for it.
	return repository, repository.SetReferrersCapability(true)
}

func (c *client) registry(host string) (*remote.Registry, error) {
	registry, err := remote.NewRegistry(host)
	if err != nil {
		return nil, err
	}
	registry.PlainHTTP = c.plainHTTP
	registry.Client = c.authorized()
	return registry, nil
}

func (c *client) login(ctx context.Context, arguments []string) error {
	registry, err := c.registry(arguments[0])
	if err != nil {
		return err
	}
	password, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	// Login puts its own credential in, and takes no client that has one.
	registry.Client = &auth.Client{Client: retry.DefaultClient}
	return credentials.Login(ctx, c.store, registry, auth.Credential{Username: arguments[1], Password: string(password)})
}

// pack puts files and a manifest that names them into a store; the manifest is tagged by its digest.
func pack(ctx context.Context, store *file.Store, kind string, files []string, subject *ocispec.Descriptor) (ocispec.Descriptor, error) {
	options := oras.PackManifestOptions{Subject: subject, ManifestAnnotations: map[string]string{"org.example.by": "oras-go"}}
	for _, path := range files {
		layer, err := store.Add(ctx, filepath.Base(path), "application/octet-stream", path)
		if err != nil {
			return ocispec.Descriptor{}, err
		}
		options.Layers = append(options.Layers, layer)
	}
	manifest, err := oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, kind, options)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	return manifest, store.Tag(ctx, manifest, manifest.Digest.String())
}

func (c *client) push(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	store, err := file.New("")
	if err != nil {
		return err
	}
	defer store.Close()
	manifest, err := pack(ctx, store, arguments[1], arguments[2:], nil)
	if err != nil {
		return err
	}
	fmt.Println(manifest.Digest)
	_, err = oras.Copy(ctx, store, manifest.Digest.String(), repository, repository.Reference.Reference, oras.DefaultCopyOptions)
	return err
}

func (c *client) pushLayout(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	layout, err := oci.NewFromFS(ctx, os.DirFS(arguments[1]))
	if err != nil {
		return err
	}
	pushed, err := oras.Copy(ctx, layout, arguments[2], repository, repository.Reference.Reference, oras.DefaultCopyOptions)
	if err == nil {
		fmt.Println(pushed.Digest)
	}
	return err
}

func (c *client) pull(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	store, err := file.New(arguments[1])
	if err != nil {
		return err
	}
	defer store.Close()
	_, err = oras.Copy(ctx, repository, repository.Reference.Reference, store, "pulled", oras.DefaultCopyOptions)
	return err
}

func (c *client) copy(ctx context.Context, arguments []string) error {
	source, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	target, err := c.repository(arguments[1])
	if err != nil {
		return err
	}
	options := oras.DefaultCopyOptions
	options.MountFrom = func(context.Context, ocispec.Descriptor) ([]string, error) {
		return []string{source.Reference.Repository}, nil
	}
	_, err = oras.Copy(ctx, source, source.Reference.Reference, target, target.Reference.Reference, options)
	return err
}

func (c *client) attach(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	subject, err := repository.Resolve(ctx, repository.Reference.Reference)
	if err != nil {
		return err
	}
	store, err := file.New("")
	if err != nil {
		return err
	}
	defer store.Close()
	manifest, err := pack(ctx, store, arguments[1], arguments[2:], &subject)
	if err != nil {
		return err
	}
	fmt.Println(manifest.Digest)
	return oras.CopyGraph(ctx, store, repository, manifest, oras.DefaultCopyGraphOptions)
}

func (c *client) discover(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	subject, err := repository.Resolve(ctx, repository.Reference.Reference)
	if err != nil {
		return err
	}
	return repository.Referrers(ctx, subject, "", func(found []ocispec.Descriptor) error {
		for _, referrer := range found {
			annotations, err := json.Marshal(referrer.Annotations)
			if err != nil {
				return err
			}
			fmt.Println(referrer.Digest, referrer.ArtifactType, string(annotations))
		}
		return nil
	})
}

func printed(names []string) error {
	if len(names) > 0 {
		fmt.Println(strings.Join(names, "\n"))
	}
	return nil
}

func (c *client) tags(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	repository.TagListPageSize = 7
	return repository.Tags(ctx, "", printed)
}

func (c *client) repositories(ctx context.Context, arguments []string) error {
	registry, err := c.registry(arguments[0])
	if err != nil {
		return err
	}
	registry.RepositoryListPageSize = 3
	return registry.Repositories(ctx, "", printed)
}

func (c *client) delete(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	manifest, err := repository.Resolve(ctx, repository.Reference.Reference)
	if err != nil {
		return err
	}
	return repository.Delete(ctx, manifest)
}

func (c *client) seek(ctx context.Context, arguments []string) error {
	repository, err := c.repository(arguments[0])
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(arguments[2], 10, 64)
	if err != nil {
		return err
	}
	length, err := strconv.ParseInt(arguments[3], 10, 64)
	if err != nil {
		return err
	}
	blob, err := repository.Blobs().Resolve(ctx, digest.Digest(arguments[1]).String())
	if err != nil {
		return err
	}
	reader, err := repository.Blobs().Fetch(ctx, blob)
	if err != nil {
		return err
	}
	defer reader.Close()
	seeker, seekable := reader.(io.Seeker)
	if !seekable {
		return fmt.Errorf("the server does not offer ranges")
	}
	if _, err := seeker.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	_, err = io.CopyN(os.Stdout, reader, length)
	return err
}
