// Command sdkgen writes the SDK of one language from a Pulumi package schema.
//
//	sdkgen LANGUAGE SCHEMA OUTDIR
//
// It stands in for `pulumi package gen-sdk`, which needs language hosts newer than the one this project can build.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "sdkgen"

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: sdkgen nodejs|python|go SCHEMA OUTDIR"))
	}
	pkg, err := load(os.Args[2])
	if err != nil {
		fail(err)
	}
	files, err := generate(os.Args[1], pkg)
	if err != nil {
		fail(err)
	}
	if err := write(os.Args[3], files); err != nil {
		fail(err)
	}
}

// load reads a schema and checks it against Pulumi's own rules; every complaint is reported, not the first one alone.
func load(path string) (*schema.Package, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	// The schema refers to no other package, so nothing is ever loaded through this loader.
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	for _, d := range diagnostics {
		fmt.Fprintln(os.Stderr, d.Error())
	}
	if diagnostics.HasErrors() {
		return nil, fmt.Errorf("%s: the schema is not valid", path)
	}
	return pkg, nil
}

func generate(language string, pkg *schema.Package) (map[string][]byte, error) {
	switch language {
	case "nodejs":
		return nodejs.GeneratePackage(tool, pkg, nil, nil, false, nil)
	case "python":
		return python.GeneratePackage(tool, pkg, nil, nil)
	case "go":
		return gogen.GeneratePackage(tool, pkg, nil)
	}
	return nil, fmt.Errorf("no generator for %q: nodejs, python or go", language)
}

func write(dir string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if filepath.Ext(name) == ".ts" {
			// It is compiled together with this repository's own code, whose rules are stricter than the generator's.
			text = append([]byte("// @ts-nocheck\n"), text...)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "sdkgen:", err)
	os.Exit(1)
}
