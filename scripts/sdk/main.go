// Writes the SDKs of the native plugin from its schema, and the examples of the schema from their sources.
//
//	go run . sdk schema.json OUT
//	go run . examples schema.json FOLDER
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"

	"github.com/blang/semver"
	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-nylas"

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: sdk|examples SCHEMA FOLDER"))
	}
	spec, err := read(os.Args[2])
	if err != nil {
		fail(err)
	}
	switch os.Args[1] {
	case "sdk":
		err = writeSdks(spec, os.Args[3])
	case "examples":
		err = writeExamples(spec, os.Args[3])
	default:
		err = fmt.Errorf("%s: allowed: sdk, examples", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func read(file string) (schema.PackageSpec, error) {
	var spec schema.PackageSpec
	text, err := os.ReadFile(file)
	if err != nil {
		return spec, err
	}
	return spec, json.Unmarshal(text, &spec)
}

// Each language changes the package that it writes, so each has one of its own.
func bind(spec schema.PackageSpec) (*schema.Package, error) {
	pkg, diagnostics, err := schema.BindSpec(spec, noOther{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	return pkg, nil
}

type generate func(*schema.Package, schema.ReferenceLoader) (map[string][]byte, error)

var languages = map[string]generate{
	"python": func(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
		return python.GeneratePackage(tool, pkg, nil, loader)
	},
	"nodejs": func(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
		return nodejs.GeneratePackage(tool, pkg, nil, nil, false, loader)
	},
	"go": func(pkg *schema.Package, _ schema.ReferenceLoader) (map[string][]byte, error) {
		return gogen.GeneratePackage(tool, pkg, nil)
	},
}

func writeSdks(spec schema.PackageSpec, out string) error {
	for language, write := range languages {
		pkg, err := bind(spec)
		if err != nil {
			return err
		}
		files, err := write(pkg, loader{pkg})
		if err != nil {
			return fmt.Errorf("%s: %w", language, err)
		}
		folder := filepath.Join(out, language)
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		for name, text := range files {
			if err := put(filepath.Join(folder, name), text); err != nil {
				return err
			}
		}
		fmt.Printf("%s: %d files\n", language, len(files))
	}
	return nil
}

type convert func(*pcl.Program) (map[string][]byte, error)

// The ending of each language's file, and how it is made.
var conversions = map[string]convert{
	".py": func(program *pcl.Program) (map[string][]byte, error) {
		files, diagnostics, err := python.GenerateProgram(program)
		return orErrors(files, diagnostics.HasErrors(), diagnostics, err)
	},
	".ts": func(program *pcl.Program) (map[string][]byte, error) {
		files, diagnostics, err := nodejs.GenerateProgram(program)
		return orErrors(files, diagnostics.HasErrors(), diagnostics, err)
	},
	".go": func(program *pcl.Program) (map[string][]byte, error) {
		files, diagnostics, err := gogen.GenerateProgram(program)
		files, err = orErrors(files, diagnostics.HasErrors(), diagnostics, err)
		for name, text := range files {
			if files[name], err = format.Source(text); err != nil {
				return nil, err
			}
		}
		return files, err
	},
}

func orErrors(files map[string][]byte, failed bool, diagnostics error, err error) (map[string][]byte, error) {
	if err == nil && failed {
		err = diagnostics
	}
	return files, err
}

func writeExamples(spec schema.PackageSpec, folder string) error {
	sources, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return err
	}
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(source), ".yaml")
		for ending, write := range conversions {
			program, err := parse(spec, name, text)
			if err != nil {
				return fmt.Errorf("%s: %w", source, err)
			}
			files, err := write(program)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", source, ending, err)
			}
			if len(files) != 1 {
				return fmt.Errorf("%s: %s: %d files in place of one", source, ending, len(files))
			}
			for _, code := range files {
				if err := put(filepath.Join(folder, "made", name+ending), code); err != nil {
					return err
				}
			}
		}
	}
	fmt.Printf("%d examples\n", len(sources))
	return nil
}

func parse(spec schema.PackageSpec, name string, text []byte) (*pcl.Program, error) {
	pkg, err := bind(spec)
	if err != nil {
		return nil, err
	}
	source, err := fromYaml(text)
	if err != nil {
		return nil, err
	}
	parser := syntax.NewParser()
	if err := parser.ParseFile(strings.NewReader(source), name+".yaml"); err != nil {
		return nil, err
	}
	if parser.Diagnostics.HasErrors() {
		return nil, parser.Diagnostics
	}
	program, diagnostics, err := pcl.BindProgram(parser.Files, loader{pkg})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	return program, nil
}

func put(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// loader has our own package and no other.
type loader struct{ pkg *schema.Package }

func (l loader) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	if name != l.pkg.Name {
		return nil, fmt.Errorf("package %s is not known here", name)
	}
	return l.pkg, nil
}

func (l loader) LoadPackageV2(_ context.Context, d *schema.PackageDescriptor) (*schema.Package, error) {
	return l.LoadPackage(d.Name, d.Version)
}

func (l loader) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	pkg, err := l.LoadPackage(name, version)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (l loader) LoadPackageReferenceV2(
	_ context.Context, d *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return l.LoadPackageReference(d.Name, d.Version)
}

// noOther is asked for packages that ours refers to: there are none.
type noOther struct{}

func (noOther) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return nil, fmt.Errorf("the schema refers to the package %s", name)
}

func (n noOther) LoadPackageV2(_ context.Context, d *schema.PackageDescriptor) (*schema.Package, error) {
	return n.LoadPackage(d.Name, d.Version)
}
