// The language host for `runtime: nodejs`: the engine starts it, reads the port it prints, and asks it over gRPC to
// run the program. An official installation brings its own; this one stands beside an engine built from source only.
// The engine starts two of them for each operation, so a quick start counts.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	// The exit code with which a program says that it has already told the user what is wrong.
	userHasBeenTold = 32
	timeToEnd       = 5 * time.Second
	noSDK           = "It looks like the Pulumi SDK has not been installed. Have you run npm install?"
)

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	mutex   sync.Mutex
	engine  string
	running map[*os.Process]bool
}

func main() {
	folder, err := os.Getwd()
	if err != nil {
		fail(err.Error())
	}
	if find(folder, "package.json") == "" {
		fail(fmt.Sprintf("The package @pulumi/pulumi is not installed in %s or a folder above it: run 'npm install' there first.", folder))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail("The language host could not listen on 127.0.0.1: " + err.Error())
	}
	served := &host{running: map[*os.Process]bool{}}
	for _, argument := range os.Args[1:] {
		if !strings.HasPrefix(argument, "-") {
			served.engine = argument
		}
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(1<<30), grpc.MaxSendMsgSize(1<<30))
	pulumirpc.RegisterLanguageRuntimeServer(server, served)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	served.endWithEngine()
	if err := server.Serve(listener); err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}

// A killed engine cannot end its program, and a program without an engine would wait for ever.
func (h *host) endWithEngine() {
	if h.engine == "" {
		return
	}
	connection, err := grpc.NewClient(h.engine, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fail(err.Error())
	}
	go func() {
		for {
			connection.Connect()
			state := connection.GetState()
			if state == connectivity.TransientFailure {
				h.mutex.Lock()
				for process := range h.running {
					_ = process.Kill()
				}
				os.Exit(1)
			}
			connection.WaitForStateChange(context.Background(), state)
		}
	}()
}

func (h *host) Handshake(_ context.Context, request *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = request.GetEngineAddress()
	h.endWithEngine()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	sdk, _ := readManifest(find(folder, "package.json"))
	return &pulumirpc.PluginInfo{Version: sdk.Version}, nil
}

func (h *host) GetRequiredPackages(_ context.Context, request *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, each := range installedPackages(request.GetInfo().GetProgramDirectory()) {
		if each.Pulumi == nil || !each.Pulumi.Resource {
			continue
		}
		response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
			Name:    firstOf(each.Pulumi.Name, strings.TrimPrefix(each.Name, "@pulumi/")),
			Kind:    "resource",
			Version: "v" + strings.TrimPrefix(firstOf(each.Pulumi.Version, each.Version), "v"),
			Server:  each.Pulumi.Server,
		})
	}
	return response, nil
}

func (h *host) GetProgramDependencies(_ context.Context, request *pulumirpc.GetProgramDependenciesRequest) (*pulumirpc.GetProgramDependenciesResponse, error) {
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, each := range installedPackages(request.GetInfo().GetProgramDirectory()) {
		response.Dependencies = append(response.Dependencies, &pulumirpc.DependencyInfo{Name: each.Name, Version: each.Version})
	}
	return response, nil
}

func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	info := request.GetInfo()
	options := info.GetOptions().AsMap()
	runner := find(info.GetProgramDirectory(), "cmd/run/index.js")
	if runner == "" {
		return &pulumirpc.RunResponse{Error: noSDK}, nil
	}
	args := append(strings.Fields(text(options["nodeargs"])), runner)
	for _, flag := range [][2]string{
		{"monitor", request.GetMonitorAddress()},
		{"engine", h.engine},
		{"organization", request.GetOrganization()},
		{"project", request.GetProject()},
		{"root-directory", info.GetRootDirectory()},
		{"stack", request.GetStack()},
		{"pwd", info.GetProgramDirectory()},
		{"parallel", fmt.Sprint(request.GetParallel())},
	} {
		if flag[1] != "" {
			args = append(args, "--"+flag[0], flag[1])
		}
	}
	if request.GetDryRun() {
		args = append(args, "--dry-run")
	}
	args = append(append(args, info.GetEntryPoint()), request.GetArgs()...)

	config, err := json.Marshal(programConfig(request.GetConfig()))
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	program := exec.Command("node", args...)
	program.Stdout, program.Stderr = os.Stdout, os.Stderr
	program.Env = append(os.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	if options["typescript"] != false {
		program.Env = append(program.Env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if file := text(options["tsconfig"]); file != "" {
		program.Env = append(program.Env, "PULUMI_NODEJS_TSCONFIG_PATH="+file)
	}
	if err := h.start(program); err != nil {
		return &pulumirpc.RunResponse{Error: "Problem executing program (could not run node): " + err.Error()}, nil
	}
	ended := make(chan error, 1)
	go func() { ended <- h.wait(program) }()
	select {
	case <-ctx.Done():
		interrupt(program.Process)
		<-ended
		return nil, ctx.Err()
	case err := <-ended:
		return outcome(err), nil
	}
}

func outcome(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: "Problem executing program: " + err.Error()}
	case exit.ExitCode() == userHasBeenTold:
		return &pulumirpc.RunResponse{Bail: true}
	case exit.ExitCode() < 0:
		return &pulumirpc.RunResponse{Error: "Program exited unexpectedly: " + exit.String()}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())}
	}
}

func (h *host) InstallDependencies(request *pulumirpc.InstallDependenciesRequest, stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse]) error {
	info := request.GetInfo()
	folder := info.GetProgramDirectory()
	manager := packageManager(folder, text(info.GetOptions().AsMap()["packagemanager"]))
	var mutex sync.Mutex
	install := exec.Command(manager, "install")
	install.Dir = folder
	install.Stdout = forward(&mutex, func(chunk []byte) error {
		return stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: chunk})
	})
	install.Stderr = forward(&mutex, func(chunk []byte) error {
		return stream.Send(&pulumirpc.InstallDependenciesResponse{Stderr: chunk})
	})
	if err := install.Start(); err != nil {
		return status.Errorf(codes.Unknown, "'%s install' could not be started: %s", manager, err)
	}
	if err := install.Wait(); err != nil {
		return status.Errorf(codes.Unknown, "'%s install' ended with %s", manager, err)
	}
	return nil
}

// Policy packs: the engine has them run as plugins of their language.
func (h *host) RunPlugin(request *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]) error {
	folder := request.GetInfo().GetProgramDirectory()
	isAnalyzer := request.GetKind() == "analyzer"
	script := "cmd/run-plugin/index.js"
	if isAnalyzer {
		script = "cmd/run-policy-pack/index.js"
	}
	runner := find(folder, script)
	if runner == "" {
		return status.Error(codes.Unknown, noSDK)
	}
	var mutex sync.Mutex
	plugin := exec.Command("node", append([]string{runner, folder}, request.GetArgs()...)...)
	plugin.Dir = request.GetPwd()
	if isAnalyzer {
		plugin.Args = append(append([]string{"node", runner}, request.GetArgs()...), folder)
		// A policy pack looks for its package.json where it runs.
		plugin.Dir = folder
	}
	plugin.Env = request.GetEnv()
	plugin.Stdout = forward(&mutex, func(chunk []byte) error {
		return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: chunk}})
	})
	plugin.Stderr = forward(&mutex, func(chunk []byte) error {
		return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: chunk}})
	})
	if err := h.start(plugin); err != nil {
		return status.Errorf(codes.Unknown, "could not run node: %s", err)
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-stream.Context().Done():
			_ = plugin.Process.Kill()
		case <-done:
		}
	}()
	_ = h.wait(plugin)
	code := int32(plugin.ProcessState.ExitCode())
	if code < 0 {
		code = 1
	}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}

func (h *host) RuntimeOptionsPrompts(context.Context, *pulumirpc.RuntimeOptionsRequest) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) Template(context.Context, *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
}

func (h *host) About(_ context.Context, request *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	version, err := exec.Command(node, "--version").Output()
	if err != nil {
		return nil, err
	}
	folder := request.GetInfo().GetProgramDirectory()
	if folder == "" {
		folder = "."
	}
	manager := packageManager(folder, text(request.GetInfo().GetOptions().AsMap()["packagemanager"]))
	return &pulumirpc.AboutResponse{
		Executable: node,
		Version:    strings.TrimSpace(string(version)),
		Metadata:   map[string]string{"packagemanager": manager},
	}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for process := range h.running {
		interrupt(process)
	}
	return &emptypb.Empty{}, nil
}

func (h *host) start(command *exec.Cmd) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := command.Start(); err != nil {
		return err
	}
	h.running[command.Process] = true
	return nil
}

func (h *host) wait(command *exec.Cmd) error {
	err := command.Wait()
	h.mutex.Lock()
	defer h.mutex.Unlock()
	delete(h.running, command.Process)
	return err
}

func interrupt(process *os.Process) {
	_ = process.Signal(syscall.SIGINT)
	time.AfterFunc(timeToEnd, func() { _ = process.Kill() })
}

// Programs read their configuration as `namespace:config:name`; the engine says `namespace:name`.
func programConfig(config map[string]string) map[string]string {
	asRead := map[string]string{}
	for key, value := range config {
		namespace, name, _ := strings.Cut(key, ":")
		asRead[namespace+":config:"+strings.TrimPrefix(name, "config:")] = value
	}
	return asRead
}

type manifest struct {
	Name    string
	Version string
	Pulumi  *struct {
		Resource bool
		Name     string
		Version  string
		Server   string
	}
}

func readManifest(file string) (manifest, bool) {
	var read manifest
	content, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(content, &read) != nil {
		return manifest{}, false
	}
	return read, read.Name != "" && read.Version != ""
}

// The manifests in the program's own node_modules, which is as far as the official language host looks.
func installedPackages(folder string) []manifest {
	modules := filepath.Join(folder, "node_modules")
	entries, _ := os.ReadDir(modules)
	var found []manifest
	for _, entry := range entries {
		files := []string{filepath.Join(modules, entry.Name(), "package.json")}
		if strings.HasPrefix(entry.Name(), "@") {
			files, _ = filepath.Glob(filepath.Join(modules, entry.Name(), "*", "package.json"))
		}
		for _, file := range files {
			if read, ok := readManifest(file); ok {
				found = append(found, read)
			}
		}
	}
	return found
}

func packageManager(folder, wanted string) string {
	if wanted != "" && wanted != "auto" {
		return wanted
	}
	for _, known := range [][2]string{{"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"}, {"bun.lock", "bun"}} {
		if _, err := os.Stat(filepath.Join(folder, known[0])); err == nil {
			return known[1]
		}
	}
	return "npm"
}

// A file of the @pulumi/pulumi that a program in this folder uses; empty where there is none.
func find(folder, file string) string {
	for {
		candidate := filepath.Join(folder, "node_modules", "@pulumi", "pulumi", file)
		if _, err := os.Stat(candidate); err == nil {
			return candidate
		}
		above := filepath.Dir(folder)
		if above == folder {
			return ""
		}
		folder = above
	}
}

func text(value any) string {
	given, _ := value.(string)
	return given
}

func firstOf(given, otherwise string) string {
	if given != "" {
		return given
	}
	return otherwise
}

// Both streams of a command go over one stream, which takes one message at a time.
func forward(mutex *sync.Mutex, send func([]byte) error) io.Writer {
	return writer(func(chunk []byte) (int, error) {
		mutex.Lock()
		defer mutex.Unlock()
		return len(chunk), send(append([]byte{}, chunk...))
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(chunk []byte) (int, error) { return w(chunk) }
