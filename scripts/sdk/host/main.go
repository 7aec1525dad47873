// The language hosts for `runtime: python` and `runtime: go`, for machines whose engine was built from source: an official installation
// brings its own. The engine starts one for each operation, reads the port that it prints, and has it write SDKs and run programs.
//
//	host python EXECUTOR
//	host go
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The exit code with which a program says that it has already told the user what is wrong.
const userHasBeenTold = 32

// language is what one of them does by itself.
type language interface {
	// The folders in which the program's packages are, each perhaps with a pulumi-plugin.json.
	packages(ctx context.Context, info *pulumirpc.ProgramInfo) ([]string, error)
	// What runs the program. The folder is for what is built; it is removed afterwards.
	command(ctx context.Context, host *host, request *pulumirpc.RunRequest, folder string) (*exec.Cmd, error)
	generate(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error)
	// Writes the SDKs in these folders into the files of the project, by the name of the package.
	link(ctx context.Context, info *pulumirpc.ProgramInfo, folders map[string]string) (string, error)
	install(ctx context.Context, info *pulumirpc.ProgramInfo, output *bytes.Buffer) error
}

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	language
	engine string
}

func main() {
	served := &host{}
	switch {
	case len(os.Args) > 2 && os.Args[1] == "python":
		served.language = python{executor: os.Args[2]}
	case len(os.Args) > 1 && os.Args[1] == "go":
		served.language = golang{}
	default:
		fail(fmt.Errorf("usage: python EXECUTOR | go"))
	}
	if last := os.Args[len(os.Args)-1]; last[0] != '-' {
		served.engine = last
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(1<<30), grpc.MaxSendMsgSize(1<<30))
	pulumirpc.RegisterLanguageRuntimeServer(server, served)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go endWithEngine(server)
	if err := server.Serve(listener); err != nil {
		fail(err)
	}
}

// A killed engine cannot end its host. Where the server stops, so do the programs.
func endWithEngine(server *grpc.Server) {
	for engine := os.Getppid(); os.Getppid() == engine; {
		time.Sleep(time.Second)
	}
	server.Stop()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func (h *host) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = request.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

// The packages that a program needs tell the engine which plugins it will start.
func (h *host) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	folders, err := h.packages(ctx, request.GetInfo())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, folder := range folders {
		file := filepath.Join(folder, "pulumi-plugin.json")
		if _, err := os.Stat(file); err != nil {
			continue
		}
		text, err := os.ReadFile(file)
		var plugin struct {
			Resource              bool
			Name, Version, Server string
		}
		if err == nil {
			err = json.Unmarshal(text, &plugin)
		}
		if err != nil {
			return nil, err
		}
		if plugin.Resource {
			response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
				Kind: "resource", Name: plugin.Name, Version: plugin.Version, Server: plugin.Server,
			})
		}
	}
	return response, nil
}

func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	folder, err := os.MkdirTemp("", "pulumi-nylas-program-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	program, err := h.command(ctx, h, request, folder)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	given := request.GetConfig()
	if given == nil {
		given = map[string]string{}
	}
	config, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	if program.Env == nil {
		program.Env = os.Environ()
	}
	program.Env = append(program.Env, "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	program.Stdout, program.Stderr = os.Stdout, os.Stderr
	err = program.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == userHasBeenTold:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: "Program failed: " + err.Error()}, nil
	}
}

func (h *host) GeneratePackage(
	_ context.Context, request *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.GetSchema()), &spec); err != nil {
		return nil, err
	}
	loader, err := schema.NewLoaderClient(request.GetLoaderTarget())
	if err != nil {
		return nil, err
	}
	defer loader.Close()
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err == nil && diagnostics.HasErrors() {
		err = diagnostics
	}
	if err != nil {
		return nil, err
	}
	files, err := h.generate(pkg, loader)
	if err != nil {
		return nil, err
	}
	for name, text := range files {
		file := filepath.Join(request.GetDirectory(), name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.GeneratePackageResponse{}, nil
}

func (h *host) Link(ctx context.Context, request *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	folders := map[string]string{}
	for _, each := range request.GetPackages() {
		folders[each.GetPackage().GetName()] = each.GetPath()
	}
	instructions, err := h.link(ctx, request.GetInfo(), folders)
	return &pulumirpc.LinkResponse{ImportInstructions: instructions}, err
}

func (h *host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest,
	stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	var output bytes.Buffer
	if err := h.install(stream.Context(), request.GetInfo(), &output); err != nil {
		return fmt.Errorf("%w\n%s", err, output.String())
	}
	return stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: output.Bytes()})
}

func (h *host) GetProgramDependencies(
	context.Context, *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	return &pulumirpc.GetProgramDependenciesResponse{}, nil
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
